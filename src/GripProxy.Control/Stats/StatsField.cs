using System.Runtime.InteropServices;

namespace GripProxy.Control.Stats;

/// <summary>A member of a stats message: a text, a number, or a flag that is true. Immutable.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StatsField
{
    /// <summary>A text.</summary>
    public StatsField(string name, string text)
    {
        Name = name;
        Text = text;
    }

    /// <summary>A number.</summary>
    public StatsField(string name, long number)
    {
        Name = name;
        Number = number;
    }

    private StatsField(string name)
    {
        Name = name;
        IsFlag = true;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The text, or null: it is something else.</summary>
    public string? Text { get; }

    /// <summary>The number, where it is one.</summary>
    public long Number { get; }

    /// <summary>True for a flag.</summary>
    public bool IsFlag { get; }

    /// <summary>A flag that is true; one that is not is left out.</summary>
    public static StatsField Flag(string name) => new(name);
}
