using System.Buffers;
using System.Net;
using System.Net.Sockets;
using GripProxy.Proxy.Listeners.Admission;
using GripProxy.Proxy.Listeners.HandOver;
using GripProxy.Proxy.Listeners.Http2;
using GripProxy.Proxy.Listeners.Sockets;
using GripProxy.Proxy.Listeners.Takeover;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners;

/// <summary>Makes a server's listeners: sockets, behind the gate where there is one, and the place where HTTP/2 is handed over. Owned by the server.</summary>
internal sealed class ListenerFactory(ListenerPlan plan, MemoryPool<byte> blocks, TimeProvider time, ILoggerFactory logs) : IConnectionListenerFactory
{
    private readonly List<SocketListener> _listeners = [];
    private readonly FileShortage _shortage = new(OpenFiles.Limit(), time, logs.CreateLogger<FileShortage>());

    /// <summary>Where its sockets come from; to be set before it binds.</summary>
    public ListenSockets Sockets { get; set; } = new(share: false, []);

    /// <inheritdoc/>
    /// <exception cref="ListenException">The address cannot be bound.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is Http2Handover handover)
            return ValueTask.FromResult<IConnectionListener>(handover);
        IConnectionListener listener = Listen(endpoint);
        if (plan.Gate is not null)
            listener = new AdmittingListener(listener, plan.Gate);
        if (plan.HandOver is { } handOver && plan.Points.Any(point => point.IsDirect && ReferenceEquals(point.EndPoint, endpoint)))
            listener = new DirectListener(listener, handOver);
        return ValueTask.FromResult(listener);
    }

    /// <summary>The server is about to stop without hurry, after all is bound.</summary>
    public void Leave(TimeSpan within) => _listeners.ForEach(listener => listener.LeavingTime = within);

    private SocketListener Listen(EndPoint endpoint)
    {
        try
        {
            var listener = new SocketListener(Bind(endpoint), blocks, _shortage, time, logs.CreateLogger<ListenAgain>());
            _listeners.Add(listener);
            return listener;
        }
        catch (SocketException e)
        {
            throw new ListenException(endpoint, e.Message, e);
        }
    }

    private ListenSocket Bind(EndPoint endpoint) =>
        Sockets.Open(endpoint, plan.Points.FirstOrDefault(point => point.Bind is not null && point.EndPoint.Equals(endpoint))?.Bind);
}
