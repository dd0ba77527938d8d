using GripProxy.Plugins.Engine;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Post;

/// <summary>
/// Calls plugins beside the chain. When the process ends over a call, the call is made again, from then on with no other suspect beside it; whoever is there
/// when it ends for the fourth time did it (plugins.md §5.4, §8.2). Thread-safe; one for each tenant.
/// </summary>
internal sealed partial class GuardedCalls(PostParts parts, ILogger logger, CancellationToken stopping) : IDisposable
{
    /// <summary>Name of the error of a call over which the process ended again and again.</summary>
    public const string Crashed = "crashed_worker";

    private static readonly TimeSpan[] Delays = [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    private readonly SemaphoreSlim _suspects = new(1);

    /// <summary>Calls a function.</summary>
    /// <param name="install">Number of the install.</param>
    /// <param name="method">Name of the function.</param>
    /// <param name="turn">How the call came about.</param>
    /// <param name="arguments">Each as JSON.</param>
    /// <returns>What it gave, or null if the install does not run now.</returns>
    /// <exception cref="OperationCanceledException">The plugins are stopping.</exception>
    public async Task<CallResult?> CallAsync(int install, string method, CallTurn turn, params IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        for (var crashes = 0; ; crashes++)
        {
            try
            {
                var result = crashes == 0 ? await parts.Calls.CallAsync(install, method, turn, arguments) : await CallAloneAsync(install, method, turn, arguments);
                if (result?.Error is { IsTimeout: true } timeout)
                    parts.Calls.Strike(install, timeout);
                if (result is not null)
                    parts.Counts?.Called(parts.NameOf(install), method, result.Error);
                return result;
            }
            catch (WorkerEndedException e) when (e.End is WorkerEnd.Stopped or WorkerEnd.NotStarted)
            {
                stopping.ThrowIfCancellationRequested();
                return null;
            }
            catch (WorkerEndedException e)
            {
                Log.CellEnded(logger, parts.Tenant.Name, parts.LabelOf(install), method, e.End);
                var error = new PluginError(Crashed, $"{e.End}: {e.Message}", "");
                if (crashes == Delays.Length)
                {
                    error = parts.Calls.Note(install, error);
                    parts.Calls.Strike(install, error);
                    parts.Counts?.Called(parts.NameOf(install), method, error);
                    return new CallResult(default, error);
                }

                if (Delays[crashes] > TimeSpan.Zero)
                    await Task.Delay(Delays[crashes], parts.Time, stopping);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _suspects.Dispose();

    private async Task<CallResult?> CallAloneAsync(int install, string method, CallTurn turn, IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        await _suspects.WaitAsync(stopping);
        try
        {
            return await parts.Calls.CallAsync(install, method, turn, arguments);
        }
        finally
        {
            _suspects.Release();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7400, LogLevel.Warning, "plugins of {Tenant}: the cell ended while plugin {Install} ran {Method} ({Reason}); it is tried again", EventName = "PostCellEnded")]
        public static partial void CellEnded(ILogger logger, string tenant, string install, string method, WorkerEnd reason);
    }
}
