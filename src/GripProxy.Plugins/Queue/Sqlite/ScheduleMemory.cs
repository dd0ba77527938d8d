namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>When schedules ran last, across restarts. Thread-safe.</summary>
internal sealed class ScheduleMemory(QueueStore store)
{
    /// <summary>When a task ran last, or null.</summary>
    public DateTimeOffset? LastRun(int tenant, int install, string task) => store.Read(database => database.Schedules.Get(tenant, install, task));

    /// <summary>A task runs. Where that cannot be stored, it may be thought to have been missed.</summary>
    public Task NoteAsync(int tenant, int install, string task, DateTimeOffset time) =>
        store.SubmitAsync(new QueueChange(1, database => database.Schedules.Set(tenant, install, task, time)));
}
