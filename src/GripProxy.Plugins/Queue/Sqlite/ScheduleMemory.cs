using GripProxy.Plugins.Post.Schedules;

namespace GripProxy.Plugins.Queue.Sqlite;

/// <summary>When schedules of a node that is alone ran last. Thread-safe.</summary>
internal sealed class ScheduleMemory(QueueStore store) : IScheduleMemory
{
    /// <inheritdoc/>
    public ValueTask<DateTimeOffset?> LastRunAsync(int tenant, int install, string task) =>
        ValueTask.FromResult(store.Read(database => database.Schedules.Get(tenant, install, task)));

    /// <inheritdoc/>
    public async ValueTask<ScheduleTurn> TakeAsync(int tenant, int install, string task, DateTimeOffset due)
    {
        // Only days are made up. Where it cannot be stored, the day may be thought to have been missed.
        if (task == ScheduledTask.Daily)
            await store.SubmitAsync(new QueueChange(1, database => database.Schedules.Set(tenant, install, task, due)));
        return new ScheduleTurn(mayRun: true);
    }
}
