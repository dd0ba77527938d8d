using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>A tenant as it is kept (plugins-http.md §2). Immutable.</summary>
internal sealed record TenantRecord : StateRecord
{
    /// <summary>Its number, from 1, never another tenant's.</summary>
    public required int Number { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its other members as they were written: <c>channel_prefix</c>, <c>routes</c> and so on (<c>TenantReader</c>). Not changed once it is here.</summary>
    public JsonObject Settings { get; init; } = [];

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>True if the set-up file made it: it goes when it vanishes from there.</summary>
    public bool Managed { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Field => FieldOf(Number);

    /// <summary>The field of the tenant with this number.</summary>
    public static string FieldOf(int number) => string.Create(CultureInfo.InvariantCulture, $"tenant/{number}");
}
