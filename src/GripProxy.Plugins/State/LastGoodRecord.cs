using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>
/// The version of an install that served when a newer one did not come up: it is loaded first by who starts meanwhile (plugins.md §6.5). There only as long
/// as the newer one has not come up. Immutable.
/// </summary>
internal sealed record LastGoodRecord : StateRecord
{
    /// <summary>The tenant's number.</summary>
    public required int Tenant { get; init; }

    /// <summary>The install's number.</summary>
    public required int Number { get; init; }

    /// <summary>Content hash of the package.</summary>
    public required string Package { get; init; }

    /// <summary>Its configuration, secrets included. Encrypted where it is kept. Not changed once it is here.</summary>
    public JsonObject Config { get; init; } = [];

    /// <summary>Its files by key.</summary>
    public IReadOnlyDictionary<string, AttachmentRecord> Attachments { get; init; } = new Dictionary<string, AttachmentRecord>(StringComparer.Ordinal);

    /// <summary>Its other members that a copy depends on, as those of the install. Not changed once it is here.</summary>
    public JsonObject Settings { get; init; } = [];

    /// <summary>Name of what the newer version threw.</summary>
    public string Error { get; init; } = "";

    /// <summary>What it said.</summary>
    public string Message { get; init; } = "";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Field => FieldOf(Tenant, Number);

    /// <summary>The field of an install's record.</summary>
    public static string FieldOf(int tenant, int number) => string.Create(CultureInfo.InvariantCulture, $"good/{tenant}/{number}");

    /// <summary>True if it is the same version in the same configuration; when it was kept does not matter.</summary>
    public bool IsSameVersionAs(LastGoodRecord other) =>
        Package == other.Package
        && JsonNode.DeepEquals(Config, other.Config)
        && JsonNode.DeepEquals(Settings, other.Settings)
        && Attachments.Count == other.Attachments.Count
        && Attachments.All(file => other.Attachments.TryGetValue(file.Key, out var theirs) && file.Value with { Id = theirs.Id } == theirs);
}
