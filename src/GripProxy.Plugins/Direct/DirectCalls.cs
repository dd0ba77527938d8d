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

    /// <summary>The function of a plugin that answers HTTP requests.</summary>
    public const string OnRequest = "onRequest";

    private const string Functions = "functions.";

    private int _under;

    /// <summary>Calls a function where its plugin is loaded already; null if that is nowhere, or nobody could be asked. By default there is no other place than here.</summary>
    public Func<int, string, TimeSpan, IReadOnlyList<ReadOnlyMemory<byte>>, Task<DirectAnswer?>> ElsewhereAsync { get; init; } =
        static (_, _, _, _) => Task.FromResult<DirectAnswer?>(null);

    /// <summary>What a function that plugins export under a name is called by here.</summary>
    public static string FunctionOf(string name) => Functions + name;

    /// <summary>False: a call would not find the function, as far as is known without starting anything.</summary>
    /// <param name="install">Number of the install.</param>
    /// <param name="method">Name of the function.</param>
    public bool MayAnswer(int install, string method) => Find(install) is { } plugin && (plugin.Capabilities is not { } offered || Offers(offered, method));

    /// <summary>True if an install can be called here without starting anything.</summary>
    public bool IsLoaded(int install) => calls.IsLoaded(install);

    /// <summary>Calls a function, on another node if it is loaded there and not here; else the cell is started if need be.</summary>
    /// <param name="install">Number of the install.</param>
    /// <param name="method">Name of the function.</param>
    /// <param name="limit">Time for all of it. What takes longer goes on, but nobody hears of it.</param>
    /// <param name="arguments">Each as JSON.</param>
    public Task<DirectAnswer> CallAsync(int install, string method, TimeSpan limit, params IReadOnlyList<ReadOnlyMemory<byte>> arguments) =>
        TakeAsync(install, method, limit, arguments, mayLeave: true);

    /// <summary>The same, but here.</summary>
    public Task<DirectAnswer> CallHereAsync(int install, string method, TimeSpan limit, IReadOnlyList<ReadOnlyMemory<byte>> arguments) =>
        TakeAsync(install, method, limit, arguments, mayLeave: false);

    private async Task<DirectAnswer> TakeAsync(int install, string method, TimeSpan limit, IReadOnlyList<ReadOnlyMemory<byte>> arguments, bool mayLeave)
    {
        // First: that something is busy is nothing to hear about what is not there.
        if (!MayAnswer(install, method))
            return new DirectAnswer(DirectOutcome.Unknown);
        if (Interlocked.Increment(ref _under) > Most)
        {
            Interlocked.Decrement(ref _under);
            return new DirectAnswer(DirectOutcome.Busy);
        }

        var isHere = false;
        var answer = new DirectAnswer(DirectOutcome.TimedOut);
        try
        {
            answer = await FindAndRunAsync(install, method, limit, arguments, mayLeave, () => isHere = true).WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            // As if the cell had said so.
        }

        // What is called elsewhere is counted there, also if it takes too long.
        if (isHere)
            Count(install, method, answer);
        return answer;
    }

    private async Task<DirectAnswer> FindAndRunAsync(
        int install, string method, TimeSpan limit, IReadOnlyList<ReadOnlyMemory<byte>> arguments, bool mayLeave, Action stays)
    {
        try
        {
            if (mayLeave && !IsLoaded(install))
            {
                var since = time.GetTimestamp();
                if (await ElsewhereAsync(install, method, limit, arguments) is { } answer)
                    return answer;
                limit -= time.GetElapsedTime(since);
                // Whoever waited has heard that it took too long, and may have called again.
                if (limit < TimeSpan.FromMilliseconds(1))
                    return new DirectAnswer(DirectOutcome.TimedOut);
            }

            stays();
            return await RunAsync(install, method, limit, arguments);
        }
        finally
        {
            Interlocked.Decrement(ref _under);
        }
    }

    private async Task<DirectAnswer> RunAsync(int install, string method, TimeSpan limit, IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        try
        {
            if (Find(install) is not { } plugin)
                return new DirectAnswer(DirectOutcome.Unknown);
            if (plugin.Capabilities is null)
                await calls.LoadAsync();
            if (Find(install)?.Capabilities is { } offered && !Offers(offered, method))
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
    }

    private static bool Offers(PluginCapabilities offered, string method) =>
        method.StartsWith(Functions, StringComparison.Ordinal) ? offered.Functions.Contains(method[Functions.Length..], StringComparer.Ordinal) : offered.Has(method);

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
