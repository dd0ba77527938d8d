namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// Layers that rest until a connection needs one: as many as had requests at once, up to a limit, and not for long. Guarded by its lock. Disposed of
/// by the server, when it has stopped.
/// </summary>
internal sealed class LayerPool : IDisposable
{
    // A burst of clients has about so many requests with their origins.
    private const int MostLayers = 512;

    // What is not used again within this time weighs more than it saves.
    private static readonly TimeSpan MostRest = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<HttpLayer> _layers = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _mostRest;
    private readonly ITimer _timer;
    private bool _isTimed;
    private bool _isOver;

    /// <summary>An empty pool.</summary>
    /// <param name="idleTimeout">After so long HTTP ends by itself; a layer is not kept until then.</param>
    /// <param name="time">What rest is measured by.</param>
    public LayerPool(TimeSpan idleTimeout, TimeProvider time)
    {
        _time = time;
        _mostRest = idleTimeout > TimeSpan.Zero && idleTimeout / 2 < MostRest ? idleTimeout / 2 : MostRest;
        _timer = time.CreateTimer(static pool => ((LayerPool)pool!).Trim(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many rest.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _layers.Count;
        }
    }

    /// <summary>One of those that rest, or null.</summary>
    public HttpLayer? Rent()
    {
        lock (_gate)
        {
            // The last has rested least: its memory is the warmest, and if it has rested too long all have.
            if (_layers is not [.., var layer] || HasRestedTooLong(layer))
                return null;
            _layers.RemoveAt(_layers.Count - 1);
            return layer;
        }
    }

    /// <summary>Lets a layer rest. False: it has to end.</summary>
    public bool TryAdd(HttpLayer layer)
    {
        lock (_gate)
        {
            if (_isOver || _layers.Count == MostLayers)
                return false;
            layer.RestsSince = _time.GetTimestamp();
            _layers.Add(layer);
            if (!_isTimed)
                _isTimed = _timer.Change(_mostRest, Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        HttpLayer[] all;
        lock (_gate)
        {
            _isOver = true;
            all = [.. _layers];
            _layers.Clear();
        }

        _timer.Dispose();
        End(all);
    }

    private static void End(HttpLayer[] layers)
    {
        foreach (var layer in layers)
            layer.Discard();
    }

    private void Trim()
    {
        HttpLayer[] old;
        lock (_gate)
        {
            // The first has rested longest.
            var count = _layers.FindIndex(layer => !HasRestedTooLong(layer));
            old = count == 0 ? [] : [.. _layers.Take(count < 0 ? _layers.Count : count)];
            _layers.RemoveRange(0, old.Length);
            _isTimed = !_isOver && _layers.Count > 0 && _timer.Change(_mostRest, Timeout.InfiniteTimeSpan);
        }

        End(old);
    }

    private bool HasRestedTooLong(HttpLayer layer) => _time.GetElapsedTime(layer.RestsSince) >= _mostRest;
}
