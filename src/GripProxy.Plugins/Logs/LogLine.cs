namespace GripProxy.Plugins.Logs;

/// <summary>One line of an install's log (plugins.md §11.1). Immutable.</summary>
internal sealed record LogLine
{
    /// <summary>What plugins write to their console.</summary>
    public const string Console = "console";

    /// <summary>What the host says about a plugin.</summary>
    public const string System = "system";

    /// <summary>Its place among all lines, from 1.</summary>
    public required long Id { get; init; }

    /// <summary>Number of the tenant.</summary>
    public required int Tenant { get; init; }

    /// <summary>Number of the install.</summary>
    public required int Install { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Name of the node.</summary>
    public required string Node { get; init; }

    /// <summary><c>debug</c>, <c>log</c>, <c>info</c>, <c>warn</c> or <c>error</c>.</summary>
    public required string Level { get; init; }

    /// <summary><see cref="Console"/> or <see cref="System"/>.</summary>
    public required string Source { get; init; }

    /// <summary>The text, without secrets.</summary>
    public required string Text { get; init; }
}
