using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Logging;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.Traffic;
using GripProxy.Forwarding.WebSockets;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.SockJs.Sessions;

/// <summary>Begins sessions over HTTP: asks the origin, and keeps what it accepted until it ends (SJS-01, SJS-03). Thread-safe.</summary>
internal sealed partial class SockJsSessionOpener(
    WebSocketOpener opener, WebSocketHolder holder, ClientTraffic traffic, RequestLog requests, ForwardingOptions options, ILogger<SockJsSessionOpener> logger)
{
    /// <summary>Asks the origin for a session.</summary>
    /// <param name="request">The client's first request.</param>
    /// <param name="path">Path and query for the origin, after the route's rewriting.</param>
    /// <param name="route">Its route.</param>
    /// <param name="session">The session, which ends if the origin does not accept.</param>
    /// <returns>True: it is open. False: the request has been answered.</returns>
    /// <exception cref="OperationCanceledException">The client left; the session has ended.</exception>
    public async Task<bool> OpenAsync(ClientRequest request, RequestTarget path, RouteModel route, SockJsSession session)
    {
        var handshake = SockJsHandshake.Make(request);
        traffic.Begin(handshake, route);
        var opening = await AskAsync(handshake, path, route, session, request.Context.RequestAborted);
        if (opening.Origin is null)
        {
            // First, because the client may be back before we know that it has got the answer.
            session.Delivery.End();
            traffic.End(handshake);
            await RefuseAsync(request, handshake, route, opening);
            return false;
        }

        requests.Accepted(handshake, route.Config, opening.Target, null);
        session.Delivery.Open();
        _ = HoldAsync(handshake, path, route, opening, session);
        return true;
    }

    private async Task<WebSocketOpening> AskAsync(
        ClientRequest handshake, RequestTarget path, RouteModel route, SockJsSession session, CancellationToken clientGone)
    {
        try
        {
            return await opener.OpenAsync(handshake, path, route, clientGone);
        }
        catch
        {
            session.Delivery.End();
            requests.Broken(handshake, route.Config, null, null);
            traffic.End(handshake);
            throw;
        }
    }

    /// <summary>Holds the session to its end. Never throws.</summary>
    private async Task HoldAsync(ClientRequest handshake, RequestTarget path, RouteModel route, WebSocketOpening opening, SockJsSession session)
    {
        try
        {
            await holder.HoldAsync(handshake, path, route, opening, session, session.Delivery.Gone);
        }
        catch (Exception error)
        {
            Log.HoldFailed(logger, handshake.ConnectionId, error);
        }
        finally
        {
            session.Abort();
            traffic.End(handshake);
        }
    }

    private async Task RefuseAsync(ClientRequest request, ClientRequest handshake, RouteModel route, WebSocketOpening opening)
    {
        var reply = opening.Refusal ?? ErrorReply.For(opening.Error, opening.Detail, options.Debug || route.Config.Debug);
        var bytes = await SockJsReply.WriteAsync(request, SockJsReply.Complete(request, reply));
        requests.Answered(handshake, route.Config, opening.Target, null, reply.Code, bytes);
    }
}
