using GripProxy.Channels.Timing;
using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Logging;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.Traffic;
using GripProxy.Holds.WebSockets;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>Answers WebSocket handshakes of clients when the origin has answered, and serves the WebSocket (WS-01…05). Thread-safe.</summary>
internal sealed class WebSocketRequestHandler(
    WebSocketOpener opener, WebSocketHolder holder, ClientFarewell farewell, TimerWheel wheel, RequestLog requests, ForwardingOptions options)
{
    /// <summary>Handles a handshake, and the WebSocket to its end.</summary>
    /// <param name="request">The client's handshake.</param>
    /// <param name="path">Path and query for the origin, after the route's rewriting.</param>
    /// <param name="route">The request's route.</param>
    /// <param name="wrap">Puts a protocol of its own between the client and the hold (SJS-04), or null.</param>
    /// <exception cref="OperationCanceledException">The client left before it was answered.</exception>
    public async Task HandleAsync(
        ClientRequest request, RequestTarget path, RouteModel route, Func<WebSocketClientConnection, IWebSocketClient>? wrap = null)
    {
        var opening = await OpenAsync(request, path, route);
        if (opening.Origin is null)
        {
            await RefuseAsync(request, route, opening);
            return;
        }

        try
        {
            var deflate = options.WebSockets.AllowCompression ? PerMessageDeflate.Answer(request.Headers.SecWebSocketExtensions) : null;
            var stream = new ClientStream(await AcceptAsync(request, opening, deflate), ClientOutput.Of(request.Context.Features, wheel));
            requests.Answered(request, route.Config, opening.Target, null, StatusCodes.Status101SwitchingProtocols, 0);
            ClientTraffic.Answered(request, bytes: 0);
            var connection = new WebSocketClientConnection(stream, options.WebSockets.MaxMessage, deflate is not null, stream.Cut);
            var client = wrap?.Invoke(connection) ?? connection;
            using var gone = farewell.Watch(request.Context);
            await holder.HoldAsync(request, path, route, opening, client, gone.Token);
            farewell.End(request.Context, stream.IsCut);
        }
        finally
        {
            opening.Origin.Abort();
        }
    }

    private async Task<WebSocketOpening> OpenAsync(ClientRequest request, RequestTarget path, RouteModel route)
    {
        try
        {
            return await opener.OpenAsync(request, path, route, request.Context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            requests.Broken(request, route.Config, null, null);
            throw;
        }
    }

    private static Task<Stream> AcceptAsync(ClientRequest request, WebSocketOpening opening, string? deflate)
    {
        var response = request.Context.Response;
        foreach (var field in opening.Headers)
            response.Headers.Append(field.Name, field.Value);
        if (deflate is not null)
            response.Headers.Append(HeaderNames.SecWebSocketExtensions, deflate);
        response.Headers.Upgrade = "websocket";
        response.Headers.SecWebSocketAccept = HandshakeKey.Accept(request.Headers.SecWebSocketKey.ToString());
        // Adds status and Connection; over HTTP/2 they differ (RFC 8441).
        return request.Context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    private async Task RefuseAsync(ClientRequest request, RouteModel route, WebSocketOpening opening)
    {
        var reply = opening.Refusal ?? ErrorReply.For(opening.Error, opening.Detail, options.Debug || route.Config.Debug);
        var bytes = await ClientReply.WriteAsync(request, reply);
        requests.Answered(request, route.Config, opening.Target, null, reply.Code, bytes);
        ClientTraffic.Answered(request, bytes);
    }
}
