using GripProxy.Channels.Timing;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.SockJs.Sockets;
using GripProxy.Forwarding.Traffic;
using GripProxy.Forwarding.WebSockets;

namespace GripProxy.Forwarding.SockJs;

/// <summary>Where the requests that become a WebSocket to the origin part: handshakes, and all of SockJS (SJS-02). Thread-safe.</summary>
/// <param name="webSockets">Serves WebSockets.</param>
/// <param name="requests">Serves the other requests of SockJS.</param>
/// <param name="traffic">Counts WebSockets while they last; sessions over HTTP are counted by their opener.</param>
/// <param name="wheel">The clock.</param>
internal sealed class SockJsFront(WebSocketRequestHandler webSockets, SockJsRequestHandler requests, ClientTraffic traffic, TimerWheel wheel)
{
    /// <summary>Handles such a request to its end. False: it is an ordinary request, nothing was done.</summary>
    /// <param name="request">The request.</param>
    /// <param name="route">Its route.</param>
    /// <exception cref="OperationCanceledException">The client left before it was answered.</exception>
    public Task<bool> TryHandleAsync(ClientRequest request, RouteModel route)
    {
        if (SockJsPath.TryMatch(route.Config, request.Target, out var rest))
            return HandleAsync(request, route, SockJsCall.Read(request, rest));
        return request.IsWebSocket ? HandlePlainAsync(request, request.Target, route) : Task.FromResult(false);
    }

    private async Task<bool> HandlePlainAsync(ClientRequest request, RequestTarget target, RouteModel route)
    {
        traffic.Begin(request, route);
        await webSockets.HandleAsync(request, Rewrite(target, route), route);
        return true;
    }

    private async Task<bool> HandleAsync(ClientRequest request, RouteModel route, SockJsCall call)
    {
        var target = SockJsPath.ForOrigin(route.Config, request.Target, call.Endpoint);
        if (call.Endpoint == SockJsEndpoint.RawWebSocket)
            return await HandlePlainAsync(request, target, route);
        if (call.Endpoint == SockJsEndpoint.WebSocket)
            await HandleFramedAsync(request, Rewrite(target, route), route);
        else
            await requests.HandleAsync(request, Rewrite(target, route), route, call);
        return true;
    }

    private async Task HandleFramedAsync(ClientRequest request, RequestTarget path, RouteModel route)
    {
        SockJsSocket? socket = null;
        traffic.Begin(request, route);
        try
        {
            await webSockets.HandleAsync(request, path, route, connection => socket = SockJsSocket.Open(connection, wheel));
        }
        finally
        {
            socket?.Dispose();
        }
    }

    private static RequestTarget Rewrite(RequestTarget target, RouteModel route) =>
        target.Rewrite(route.Config.PathRemove, route.Config.ReplaceBegin);
}
