namespace GripProxy.Channels.Traffic;

/// <summary>
/// All requests and WebSockets of clients that are under way, in groups, each with a lock of its own: coming and going costs the same however many
/// there are, and group after group all are visited again (STA-05). Thread-safe.
/// </summary>
public sealed class LiveConnections
{
    /// <summary>How many groups there are: enough that one is small.</summary>
    public const int GroupCount = 256;

    private readonly Group[] _groups = new Group[GroupCount];
    private readonly TimeProvider _time;
    private volatile IConnectionListener? _listener;
    private int _turn;

    /// <summary>Nobody is there.</summary>
    public LiveConnections(TimeProvider time)
    {
        _time = time;
        for (var i = 0; i < GroupCount; i++)
            _groups[i] = new Group();
    }

    /// <summary>True if <see cref="Begin"/> should be told who the connection is; otherwise it can do without.</summary>
    public bool WantsIdentity => _listener is { IsListening: true };

    /// <summary>For the one part that makes stats of it, when it starts.</summary>
    public void ListenWith(IConnectionListener listener) => _listener = listener;

    /// <summary>A client's request or WebSocket begins; it is to be given back to <see cref="End"/>.</summary>
    public LiveConnection Begin(RouteTraffic route, bool isWebSocket, ConnectionIdentity? identity)
    {
        // Not atomic: two that share a turn do no harm.
        var group = _turn++ & (GroupCount - 1);
        var connection = new LiveConnection(route, isWebSocket, _time.GetTimestamp(), group) { Identity = identity, Minutes = 1 };
        route.Enter();
        route.Add(TrafficCount.Requests);
        route.Add(TrafficCount.Activity);
        route.Add(TrafficCount.Minutes);
        lock (_groups[group].Gate)
        {
            _groups[group].Add(connection);
            if (identity is not null)
                Tell(connection);
        }

        return connection;
    }

    /// <summary>The connection is held from now on, so that it will last: who it is must be known.</summary>
    public void Hold(LiveConnection connection, ConnectionIdentity identity)
    {
        lock (_groups[connection.Group].Gate)
        {
            connection.Identity = identity;
            Tell(connection);
        }
    }

    /// <summary>The connection is over. Ending twice does nothing.</summary>
    public void End(LiveConnection connection)
    {
        var group = _groups[connection.Group];
        lock (group.Gate)
        {
            if (connection.IsOver)
                return;
            connection.IsOver = true;
            CountMinutes(connection);
            group.Remove(connection);
            if (connection.Identity is not null && _listener is { IsListening: true } listener)
                listener.Gone(connection);
        }

        connection.Route.Leave();
    }

    /// <summary>Counts the minutes of a group's connections up to now, and names them to the listener again.</summary>
    public void Visit(int group)
    {
        lock (_groups[group].Gate)
        {
            for (var connection = _groups[group].First; connection is not null; connection = connection.Next)
            {
                CountMinutes(connection);
                if (connection.Identity is not null)
                    Tell(connection);
            }
        }
    }

    private void Tell(LiveConnection connection)
    {
        if (_listener is { IsListening: true } listener)
            listener.Seen(connection);
    }

    private void CountMinutes(LiveConnection connection)
    {
        // Each begun one counts, so the first was there from the start.
        var minutes = ((long)_time.GetElapsedTime(connection.Since).TotalMinutes) + 1;
        if (minutes == connection.Minutes)
            return;
        connection.Route.Add(TrafficCount.Minutes, minutes - connection.Minutes);
        connection.Minutes = minutes;
    }

    /// <summary>Some of the connections, each of which knows its neighbours.</summary>
    private sealed class Group
    {
        public Lock Gate { get; } = new();

        public LiveConnection? First { get; private set; }

        public void Add(LiveConnection connection)
        {
            connection.Next = First;
            if (First is not null)
                First.Previous = connection;
            First = connection;
        }

        public void Remove(LiveConnection connection)
        {
            if (connection.Next is not null)
                connection.Next.Previous = connection.Previous;
            if (connection.Previous is not null)
                connection.Previous.Next = connection.Next;
            else
                First = connection.Next;
            connection.Previous = connection.Next = null;
        }
    }
}
