namespace GripProxy.Plugins.Engine;

/// <summary>What a cell may use up (plugins.md §5.4).</summary>
public sealed class WorkerLimits
{
    /// <summary>Wall-clock time of one call, and of one loop. 30 s as in PostHog: exporters wait for slow services.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Silence after which a cell that is asked for something counts as hung. A little more than a call, so that the call's own guard comes first.</summary>
    public TimeSpan Hang { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>JavaScript heap in MiB; beyond it the runtime ends itself.</summary>
    public int HeapMegabytes { get; init; } = 128;

    /// <summary>Resident memory of the process in MiB: typed arrays lie outside the heap.</summary>
    public int ResidentMegabytes { get; init; } = 384;

    /// <summary>Threads of the process: plugins can start some that no limit of the heap counts.</summary>
    public int Threads { get; init; } = 32;

    /// <summary>Percent of one processor, over a minute; a process that takes more gets its batches later. 100: plugins run on one thread.</summary>
    public int ProcessorPercent { get; init; } = 100;

    /// <summary>Bytes of one frame from a cell; a larger one ends it.</summary>
    public int FrameBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Log lines a second of one install. Far above what anybody reads, far below what costs.</summary>
    public int LogLinesPerSecond { get; init; } = 100;

    /// <summary>Log lines of one install at once.</summary>
    public int LogBurst { get; init; } = 500;

    /// <summary>Characters of one log line; the rest is cut.</summary>
    public int LogLine { get; init; } = 8192;

    /// <summary>Requests to the host that one install may have open; further ones wait.</summary>
    public int Requests { get; init; } = 100;

    /// <summary>Timers of one install.</summary>
    public int Timers { get; init; } = 1000;
}
