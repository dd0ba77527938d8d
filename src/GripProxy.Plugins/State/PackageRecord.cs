using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>A package that a tenant has; its files and compiled code are kept once for all tenants, by content hash (plugins.md §12.2). Immutable.</summary>
internal sealed record PackageRecord : StateRecord
{
    /// <summary>The tenant's number.</summary>
    public required int Tenant { get; init; }

    /// <summary>Content hash (plugins-api.md §1.3).</summary>
    public required string Hash { get; init; }

    /// <summary>Name shown to people.</summary>
    public required string Name { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>What loading it showed, for the API; null where nobody has looked yet.</summary>
    public JsonObject? Capabilities { get; init; }

    /// <summary>When it came.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>True if the set-up file brought it.</summary>
    public bool Managed { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Field => FieldOf(Tenant, Hash);

    /// <summary>The field of a tenant's package.</summary>
    public static string FieldOf(int tenant, string hash) => string.Create(CultureInfo.InvariantCulture, $"package/{tenant}/{hash}");
}
