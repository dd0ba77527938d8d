namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// The connections that wait for a request or have HTTP run on them. The server would tell each connection of time and of its stop, but what it keeps
/// for that would weigh on every held one as well; here the held are not listed. Guarded by its lock; tells outside of it.
/// </summary>
internal sealed class ServedConnections : IDisposable
{
    // As often as the server itself beats: HTTP's timeouts count on it.
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private ServedConnection? _first;
    private volatile bool _isStopping;

    /// <summary>Begins to count time.</summary>
    public ServedConnections(TimeProvider time) => _timer = time.CreateTimer(static all => ((ServedConnections)all!).BeatAll(), this, Beat, Beat);

    /// <summary>True once the server is to be stopped.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>From now on the connection is told; it looks at <see cref="IsStopping"/> itself.</summary>
    public void Add(ServedConnection connection)
    {
        lock (_gate)
        {
            connection.Next = _first;
            _first?.Previous = connection;
            _first = connection;
        }
    }

    /// <summary>The connection is told nothing any more, but perhaps of what happens at this moment.</summary>
    public void Remove(ServedConnection connection)
    {
        lock (_gate)
        {
            if (connection.Previous is { } previous)
                previous.Next = connection.Next;
            else
                _first = connection.Next;
            connection.Next?.Previous = connection.Previous;
            (connection.Previous, connection.Next) = (null, null);
        }
    }

    /// <summary>The server is to be stopped: whoever waits for a request ends, the others after theirs.</summary>
    public void Stop()
    {
        _isStopping = true;
        foreach (var connection in All())
            connection.Stop();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void BeatAll()
    {
        foreach (var connection in All())
            connection.Beat();
    }

    private List<ServedConnection> All()
    {
        List<ServedConnection> all = [];
        lock (_gate)
        {
            for (var connection = _first; connection is not null; connection = connection.Next)
                all.Add(connection);
        }

        return all;
    }
}
