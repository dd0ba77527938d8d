namespace GripProxy.Plugins.Post.Schedules;

/// <summary>A task and how it stands. Guarded by the scheduler's lock.</summary>
/// <param name="install">Number of the install.</param>
/// <param name="task">The task.</param>
internal sealed class ScheduleEntry(int install, ScheduledTask task)
{
    /// <summary>Number of the install.</summary>
    public int Install => install;

    /// <summary>The task.</summary>
    public ScheduledTask Task => task;

    /// <summary>When it is due, or null: never.</summary>
    public DateTimeOffset? Next { get; set; }

    /// <summary>The time that it missed and now makes up for, or null.</summary>
    public DateTimeOffset? Missed { get; set; }

    /// <summary>The run that is going, or the last one; never fails.</summary>
    public Task Running { get; set; } = System.Threading.Tasks.Task.CompletedTask;
}
