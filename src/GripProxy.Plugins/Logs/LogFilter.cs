namespace GripProxy.Plugins.Logs;

/// <summary>Which lines are meant; what is null does not matter (plugins-http.md §4.7). Immutable.</summary>
internal sealed record LogFilter
{
    /// <summary>Only these levels.</summary>
    public IReadOnlyList<string>? Levels { get; init; }

    /// <summary>Not older than this.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Not newer than this.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only from this source.</summary>
    public string? Source { get; init; }

    /// <summary>Only with this in the text, letter case aside.</summary>
    public string? Contains { get; init; }

    /// <summary>True if a line is meant.</summary>
    public bool Takes(LogLine line) =>
        (Levels is null || Levels.Contains(line.Level, StringComparer.Ordinal))
        && (Since is null || line.Time >= Since)
        && (Until is null || line.Time <= Until)
        && (Source is null || line.Source == Source)
        && (Contains is null || line.Text.Contains(Contains, StringComparison.OrdinalIgnoreCase));
}
