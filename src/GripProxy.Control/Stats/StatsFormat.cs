namespace GripProxy.Control.Stats;

/// <summary>How messages look on the stats socket (<c>stats_format</c>, STA-01).</summary>
public enum StatsFormat
{
    /// <summary>As tnetstrings, marked <c>T</c>.</summary>
    Tnetstring,

    /// <summary>As JSON with sorted members, marked <c>J</c>.</summary>
    Json,
}
