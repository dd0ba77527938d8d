using System.Buffers;
using System.Net;
using System.Net.Sockets;
using GripProxy.Proxy.Listeners.Admission;
using GripProxy.Proxy.Listeners.Http2;
using GripProxy.Proxy.Listeners.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace GripProxy.Proxy.Listeners;

/// <summary>Makes a server's listeners: sockets, behind the gate where there is one, and the place where HTTP/2 is handed over. Immutable.</summary>
internal sealed class ListenerFactory(ListenerPlan plan, MemoryPool<byte> blocks, FileShortage shortage) : IConnectionListenerFactory
{
    /// <inheritdoc/>
    /// <exception cref="ListenException">The address cannot be bound.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is Http2Handover handover)
            return ValueTask.FromResult<IConnectionListener>(handover);
        IConnectionListener listener = Listen(endpoint);
        return ValueTask.FromResult(plan.Gate is null ? listener : new AdmittingListener(listener, plan.Gate));
    }

    private SocketListener Listen(EndPoint endpoint)
    {
        try
        {
            return new SocketListener(Bind(endpoint), blocks, shortage);
        }
        catch (SocketException e)
        {
            throw new ListenException(endpoint, e.Message, e);
        }
    }

    private Socket Bind(EndPoint endpoint) =>
        plan.Points.FirstOrDefault(point => point.Bind is not null && point.EndPoint.Equals(endpoint)) is { Bind: { } bind }
            ? bind()
            : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
}
