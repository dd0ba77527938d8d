using System.Globalization;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.State;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>
/// Whose turn a run of a task is: all nodes ask when it is due, and the first gets it. A lease says that it goes on, so that the next one does not begin meanwhile,
/// on whichever node (plugins.md §9.1, §12.4). Thread-safe.
/// </summary>
internal sealed class RedisScheduleMemory(WorkParts parts) : IScheduleMemory
{
    /// <inheritdoc/>
    public async ValueTask<DateTimeOffset?> LastRunAsync(int tenant, int install, string task)
    {
        var answer = await parts.Script.ReadAsync(tenant, new ScriptArguments().Add("lastrun").Add(install).Add(task));
        return answer.Text.Length > 0 ? WorkText.Time(answer.Number) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<ScheduleTurn> TakeAsync(int tenant, int install, string task, DateTimeOffset due)
    {
        var claim = new ScriptArguments().Add("claimrun").Add(install).Add(task).Add(WorkText.Time(due));
        if ((await parts.Script.ReadAsync(tenant, claim)).Number == 0)
            return new ScheduleTurn(mayRun: false);
        try
        {
            var lease = await parts.Leases.TryTakeAsync(string.Create(CultureInfo.InvariantCulture, $"task:{tenant}:{install}:{task}"));
            return new ScheduleTurn(lease is not null, isGoing: lease is null, lease);
        }
        catch (RedisFaultException fault)
        {
            throw new StateUnavailableException($"Redis: {fault.Message}", fault);
        }
    }
}
