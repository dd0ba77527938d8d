namespace GripProxy.Plugins.Capture;

/// <summary>What plugins may capture (plugins.md §5.4, plugins-api.md §3.9).</summary>
public sealed class CaptureOptions
{
    /// <summary>Events captured while one event is processed. A hundred: more is a loop.</summary>
    public int MostPerEvent { get; init; } = 100;

    /// <summary>How long a chain of events may be that each captured the next. Five: nobody means more.</summary>
    public int MaxDepth { get; init; } = 5;
}
