namespace GripProxy.Plugins.Queue;

/// <summary>When tasks ran last, and whose turn a run is; across restarts and nodes (plugins.md §9.1). Thread-safe.</summary>
internal interface IScheduleMemory
{
    /// <summary>The time for which a task ran last, or null.</summary>
    /// <exception cref="State.StateUnavailableException">It cannot be read now.</exception>
    ValueTask<DateTimeOffset?> LastRunAsync(int tenant, int install, string task);

    /// <summary>A task is due.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="install">Number of the install.</param>
    /// <param name="task">Name of the task.</param>
    /// <param name="due">The time for which it is to run; the same on all nodes.</param>
    /// <exception cref="State.StateUnavailableException">Nobody can tell whose turn it is.</exception>
    ValueTask<ScheduleTurn> TakeAsync(int tenant, int install, string task, DateTimeOffset due);
}
