using System.Net;
using GripProxy.Proxy.Listeners.Admission;
using GripProxy.Proxy.Listeners.Http2;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace GripProxy.Proxy.Listeners;

/// <summary>Makes a server's listeners: sockets, behind the gate where there is one, and the place where HTTP/2 is handed over. Immutable.</summary>
internal sealed class ListenerFactory(SocketTransportFactory sockets, AdmissionGate? gate) : IConnectionListenerFactory
{
    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is Http2Handover handover)
            return handover;
        var listener = await sockets.BindAsync(endpoint, cancellationToken);
        return gate is null ? listener : new AdmittingListener(listener, gate);
    }
}
