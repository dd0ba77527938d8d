using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// The books of connections that the server does not know: who has to end before it may stop. Guarded by its lock; cuts outside of it.
/// </summary>
internal sealed partial class DirectConnections(TimeProvider time, ILogger logger)
{
    // As long as the server itself waits for what it has cut.
    private static readonly TimeSpan CutTime = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<ServedConnection> _all = [];
    private TaskCompletionSource? _none;

    /// <summary>A connection has begun.</summary>
    public void Add(ServedConnection connection)
    {
        lock (_gate)
        {
            connection.Place = _all.Count;
            _all.Add(connection);
        }
    }

    /// <summary>For the connection: it is over, and is closed here.</summary>
    public async ValueTask LeaveAsync(ServedConnection connection)
    {
        try
        {
            await connection.Connection.DisposeAsync();
        }
        catch (Exception e)
        {
            Failed(connection, e);
        }
        finally
        {
            Remove(connection)?.TrySetResult();
        }
    }

    /// <summary>For the connection: it has failed. Nobody else hears of it.</summary>
    public void Failed(ServedConnection connection, Exception exception) => Log.ConnectionFailed(logger, connection.Connection.ConnectionId, exception);

    /// <summary>Waits until all have ended, and cuts those that have not when the token fires. Nobody accepts any more.</summary>
    public async Task EndAsync(CancellationToken cut)
    {
        var none = WaitAsync();
        try
        {
            await none.WaitAsync(cut);
        }
        catch (OperationCanceledException)
        {
            CutAll();
            await none.WaitAsync(CutTime, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void CutAll()
    {
        ServedConnection[] all;
        lock (_gate)
            all = [.. _all];
        foreach (var connection in all)
            connection.Connection.Abort(new ConnectionAbortedException("The server is stopping."));
    }

    private Task WaitAsync()
    {
        lock (_gate)
        {
            if (_all.Count == 0)
                return Task.CompletedTask;
            _none ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _none.Task;
        }
    }

    private TaskCompletionSource? Remove(ServedConnection connection)
    {
        lock (_gate)
        {
            // The last one takes its place.
            var last = _all[^1];
            _all[connection.Place] = last;
            last.Place = connection.Place;
            _all.RemoveAt(_all.Count - 1);
            return _all.Count == 0 ? _none : null;
        }
    }
}
