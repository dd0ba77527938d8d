using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>An operator's word that a package may run, for every tenant (plugins.md §6.4). Immutable.</summary>
internal sealed record ApprovalRecord : StateRecord
{
    /// <summary>Content hash of the package.</summary>
    public required string Hash { get; init; }

    /// <summary>Name of the token.</summary>
    public string By { get; init; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset Time { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Field => FieldOf(Hash);

    /// <summary>The field of a package's approval.</summary>
    public static string FieldOf(string hash) => $"approval/{hash}";
}
