namespace GripProxy.Plugins.Runs;

/// <summary>Where a long run is in its life (plugins.md §9.4).</summary>
internal enum RunState
{
    /// <summary>It waits for its turn, or for its plugin.</summary>
    Queued = 0,

    /// <summary>It is under way.</summary>
    Running = 1,

    /// <summary>It gave a result.</summary>
    Done = 2,

    /// <summary>It threw, took too long, or its process ended again and again.</summary>
    Failed = 3,

    /// <summary>Somebody ended it.</summary>
    Cancelled = 4,
}
