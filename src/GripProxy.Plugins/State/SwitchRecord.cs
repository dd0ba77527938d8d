using System.Text.Json.Serialization;

namespace GripProxy.Plugins.State;

/// <summary>An operational switch that is on (plugins.md §13). Immutable.</summary>
internal sealed record SwitchRecord : StateRecord
{
    /// <summary>Its name, one of <see cref="Switches.SwitchName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the token that turned it on.</summary>
    public string By { get; init; } = "";

    /// <summary>When.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Until when; null: until somebody turns it off.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Why, in the words of whoever did it.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The only tenant it is about, by name; empty: all.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The only events it is about: those whose names begin so; empty: all.</summary>
    public string EventPrefix { get; init; } = "";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Field => FieldOf(Name);

    /// <summary>The field of a switch.</summary>
    public static string FieldOf(string name) => $"switch/{name}";
}
