using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>A key or token, of which only the hash is kept (plugins-http.md §2). Immutable.</summary>
internal sealed record KeyRecord : StateRecord
{
    /// <summary>Names it in the API; says nothing of the key.</summary>
    public required string Id { get; init; }

    /// <summary>What it opens.</summary>
    public required KeyKind Kind { get; init; }

    /// <summary>Its tenant; 0 for an operator's.</summary>
    public int Tenant { get; init; }

    /// <summary>What people call it; may be empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>SHA-256 in hex (<see cref="Tenants.KeyHash"/>).</summary>
    public required string Hash { get; init; }

    /// <summary>True if it opens nothing for now.</summary>
    public bool Disabled { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>True if the set-up file made it.</summary>
    public bool Managed { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Field => $"key/{Id}";
}
