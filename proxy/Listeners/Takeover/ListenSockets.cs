using System.Net;
using System.Net.Sockets;
using GripProxy.Proxy.Listeners.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace GripProxy.Proxy.Listeners.Takeover;

/// <summary>
/// Where the sockets come from that this process listens on: from whoever started it, else its own, which others may share. Used by one start at a time.
/// </summary>
/// <param name="share">Whether others may listen on the same TCP ports.</param>
/// <param name="inherited">Sockets that were there before the process; each serves the listener of its address.</param>
internal sealed class ListenSockets(bool share, IEnumerable<Socket> inherited)
{
    private readonly List<Socket> _inherited = [.. inherited];

    /// <summary>True if another process may take over: what this one does not accept, that one does.</summary>
    public bool IsHandedOver { get; } = share || inherited.Any();

    /// <summary>Sockets nobody wanted: no listener has their address.</summary>
    public IReadOnlyList<EndPoint> Unused => [.. _inherited.Select(static socket => socket.LocalEndPoint!)]; // Bound.

    /// <summary>The socket of a listener, bound.</summary>
    /// <param name="endpoint">Its address.</param>
    /// <param name="bind">Its own way to bind, or null.</param>
    /// <exception cref="SocketException">The address is taken.</exception>
    public ListenSocket Open(EndPoint endpoint, Func<Socket>? bind)
    {
        if (_inherited.FindIndex(socket => endpoint.Equals(socket.LocalEndPoint)) is >= 0 and var index)
        {
            var socket = _inherited[index];
            _inherited.RemoveAt(index);
            return new ListenSocket(socket, IsShared: false, IsInherited: true);
        }

        if (bind is not null)
            return new ListenSocket(bind(), IsShared: false);
        return share && endpoint is IPEndPoint address
            ? new ListenSocket(SharedPort.Bind(address), IsShared: true)
            : new ListenSocket(SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint), IsShared: false);
    }
}
