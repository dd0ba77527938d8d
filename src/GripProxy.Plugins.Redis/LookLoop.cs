using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis;

/// <summary>Looks at something at once, and again every second until it is stopped. Stateless.</summary>
internal static class LookLoop
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Looks. Never fails, whatever becomes of a look: the next may see again.</summary>
    /// <param name="look">Looks once.</param>
    /// <param name="unseen">Told that Redis is away.</param>
    /// <param name="failed">Told of a mistake of ours.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task RunAsync(Func<Task> look, Action<RedisFaultException> unseen, Action<Exception> failed, TimeProvider time, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                try
                {
                    await look();
                }
                catch (RedisFaultException fault)
                {
                    unseen(fault);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    failed(e);
                }
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }
}
