using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Post;

namespace GripProxy.Plugins.Direct;

/// <summary>
/// Calls of a tenant's plugins that somebody waits for: they go before batches, and are made once (plugins.md §7.8, §7.10). Thread-safe; one for each tenant.
/// </summary>
/// <param name="calls">The plugins.</param>
/// <param name="counts">Counts, or null: nobody does.</param>
/// <param name="time">The clock.</param>
internal sealed class DirectCalls(IPluginCalls calls, PostCounts? counts, TimeProvider time)
{
    // More wait for something slow than it will ever answer.
    private const int Most = 100;

    private int _under;

    /// <summary>False: a call would not find the function, as far as is known without starting anything.</summary>
    /// <param name="install">Number of the install.</param>
    /// <param name="offers">Whether a plugin that exports this has the function.</param>
    public bool MayAnswer(int install, Func<PluginCapabilities, bool> offers) => Find(install) is { } plugin && (plugin.Capabilities is not { } offered || offers(offered));

    /// <summary>Calls a function; the cell is started if need be.</summary>
    /// <param name="install">Number of the install.</param>
    /// <param name="method">Name of the function.</param>
    /// <param name="offers">Whether a plugin that exports this has the function.</param>
    /// <param name="limit">Time for all of it. What takes longer goes on, but nobody hears of it.</param>
    /// <param name="arguments">Each as JSON.</param>
    public async Task<DirectAnswer> CallAsync(
        int install, string method, Func<PluginCapabilities, bool> offers, TimeSpan limit, params IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        // First: that something is busy is nothing to hear about what is not there.
        if (!MayAnswer(install, offers))
            return new DirectAnswer(DirectOutcome.Unknown);
        if (Interlocked.Increment(ref _under) > Most)
        {
            Interlocked.Decrement(ref _under);
            return new DirectAnswer(DirectOutcome.Busy);
        }

        var answer = new DirectAnswer(DirectOutcome.TimedOut);
        try
        {
            answer = await RunAsync(install, method, offers, limit, arguments).WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            // As if the cell had said so.
        }

        Count(install, method, answer);
        return answer;
    }

    private async Task<DirectAnswer> RunAsync(
        int install, string method, Func<PluginCapabilities, bool> offers, TimeSpan limit, IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        try
        {
            if (Find(install) is not { } plugin)
                return new DirectAnswer(DirectOutcome.Unknown);
            if (plugin.Capabilities is null)
                await calls.LoadAsync();
            if (Find(install)?.Capabilities is { } offered && !offers(offered))
                return new DirectAnswer(DirectOutcome.Unknown);
            return await calls.CallAsync(install, method, new CallTurn(0, Limit: limit, First: true), arguments) is { } result
                ? Judge(result)
                : new DirectAnswer(Find(install) is null ? DirectOutcome.Unknown : DirectOutcome.NoCell);
        }
        catch (WorkerEndedException e)
        {
            // Who ran beside others may be as innocent as they.
            if (e.End is not (WorkerEnd.Stopped or WorkerEnd.NotStarted) && e.Outstanding == 1)
                calls.Strike(install, new PluginError(GuardedCalls.Crashed, $"{e.End}: {e.Message}", ""));
            return new DirectAnswer(DirectOutcome.NoCell);
        }
        finally
        {
            Interlocked.Decrement(ref _under);
        }
    }

    private static DirectAnswer Judge(CallResult result) => result.Error switch
    {
        null => new DirectAnswer(DirectOutcome.Done, result.Value),
        { IsTimeout: true } => new DirectAnswer(DirectOutcome.TimedOut),
        { } error => new DirectAnswer(DirectOutcome.Threw, Error: error),
    };

    private CallablePlugin? Find(int install) => calls.Plugins.FirstOrDefault(plugin => plugin.MayRun && plugin.Install.Number == install);

    private void Count(int install, string method, DirectAnswer answer)
    {
        if (counts is null || answer.Outcome is DirectOutcome.Unknown or DirectOutcome.Busy || Find(install) is not { } plugin)
            return;
        counts.Called(plugin.Install.Name, method, answer.Outcome switch
        {
            DirectOutcome.TimedOut => new PluginError("TimeoutError", "", ""),
            DirectOutcome.NoCell => new PluginError(GuardedCalls.Crashed, "", ""),
            _ => answer.Error,
        });
    }
}
