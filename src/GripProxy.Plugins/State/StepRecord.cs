using System.Globalization;
using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>A node does the one-time step of an install, which the others leave to it meanwhile (plugins.md §6.3). Immutable.</summary>
internal sealed record StepRecord : StateRecord
{
    /// <summary>The tenant's number.</summary>
    public required int Tenant { get; init; }

    /// <summary>The install's number.</summary>
    public required int Number { get; init; }

    /// <summary>Name of the node.</summary>
    public required string By { get; init; }

    /// <summary>Until when the others wait: then the node has died.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Field => FieldOf(Tenant, Number);

    /// <summary>The field of an install's step.</summary>
    public static string FieldOf(int tenant, int number) => string.Create(CultureInfo.InvariantCulture, $"step/{tenant}/{number}");
}
