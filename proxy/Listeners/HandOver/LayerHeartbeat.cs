using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// Passes the server's heartbeat on to the run of HTTP that is there now. The server itself never forgets who asked for it, and its timeouts
/// (keep-alive, heads) hang on it. Owned by one connection; beats come from the server's thread.
/// </summary>
internal sealed class LayerHeartbeat(ConnectionContext connection) : IConnectionHeartbeatFeature
{
    private volatile Listener? _listener;
    private bool _isRegistered;

    /// <inheritdoc/>
    public void OnHeartbeat(Action<object> action, object state)
    {
        _listener = new Listener(action, state);
        if (_isRegistered)
            return;
        _isRegistered = true;
        connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static heartbeat => ((LayerHeartbeat)heartbeat).Beat(), this);
    }

    /// <summary>Nobody listens any more.</summary>
    public void Stop() => _listener = null;

    private void Beat()
    {
        if (_listener is { } listener)
            listener.Action(listener.State);
    }

    private sealed record Listener(Action<object> Action, object State);
}
