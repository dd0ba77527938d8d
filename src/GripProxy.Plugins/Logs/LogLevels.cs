namespace GripProxy.Plugins.Logs;

/// <summary>The words for how much a line matters, from the least. Stateless.</summary>
internal static class LogLevels
{
    /// <summary>The words.</summary>
    public static IReadOnlyList<string> All { get; } = ["debug", "log", "info", "warn", "error"];

    /// <summary>The words from one on; null: it is none.</summary>
    public static IReadOnlyList<string>? From(string level) => All.Contains(level, StringComparer.Ordinal) ? [.. All.SkipWhile(one => one != level)] : null;

    /// <summary>A word that is one of them; what else a cell says is <c>log</c>.</summary>
    public static string Known(string level) => All.Contains(level, StringComparer.Ordinal) ? level : "log";
}
