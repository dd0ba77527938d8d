using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Diagnostics;
using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.WebSockets.Native;

/// <summary>Asks origins that speak WebSocket themselves (WS-01, WS-04). Thread-safe.</summary>
internal sealed partial class NativeDialer(
    ForwardingOptions options, TimeProvider time, ILogger<NativeDialer> logger) : IWebSocketDialer
{
    // WS-04: the bytes that a refusal may have.
    private const int RefusalLimit = 8192;

    private readonly RequestHeaderRules _rules = new(options);

    /// <inheritdoc/>
    public async Task<WebSocketOpening> DialAsync(
        ClientRequest request, RequestTarget path, RouteModel route, OriginTarget target, CancellationToken cancellation)
    {
        var handshake = new NativeHandshake(request, route, target, options.WebSockets.AllowCompression);
        using var message = handshake.ToMessage(path, _rules);
        route.Meter?.Mark(message, OriginRequestKind.Request, cancellation);
        using var deadline = new ResponseDeadline(options, time, cancellation);
        HttpResponseMessage? response = null;
        try
        {
            response = await target.Client!.SendAsync(message, deadline.Token); // The opener asks no target without a client.
            deadline.HeadCame();
            if (!ResponseHeaderRules.IsSound(response, options.MaxResponseHeaders))
            {
                route.Meter?.Metrics.AnswerRefused();
                return Fail(handshake, response, "the head of its answer is not sound");
            }

            return (int)response.StatusCode == StatusCodes.Status101SwitchingProtocols
                ? await AcceptAsync(handshake, response)
                : await RefuseAsync(handshake, response, deadline.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            var failure = response is null ? OriginFailure.Of(e, deadline.IsLate) : new OriginFailure(RequestError.OriginUnreachable, false);
            var failed = Fail(handshake, response, e.GetBaseException().Message);
            cancellation.ThrowIfCancellationRequested();
            return failed with { Error = failure.Error, MayTryNext = failure.MayTryNext };
        }
    }

    private async Task<WebSocketOpening> AcceptAsync(NativeHandshake handshake, HttpResponseMessage response)
    {
        var headers = ResponseHeaderRules.ToList(response);
        if (!handshake.IsAccepted(headers, out var deflate))
            return Fail(handshake, response, "its 101 does not answer the handshake");
        var stream = await response.Content.ReadAsStreamAsync(CancellationToken.None);
        var origin = new NativeOrigin(new WebSocketOriginConnection(stream, deflate));
        return WebSocketAcceptance.Of(origin, headers, handshake.Request, handshake.Route.Config);
    }

    private async Task<WebSocketOpening> RefuseAsync(NativeHandshake handshake, HttpResponseMessage response, CancellationToken cancellation)
    {
        var (body, complete) = await InstructBody.ReadAsync(await response.Content.ReadAsStreamAsync(cancellation), RefusalLimit, cancellation);
        if (!complete || body.Length > RefusalLimit)
            return Fail(handshake, response, "its refusal is too long");
        var headers = WebSocketAcceptance.Pass(ResponseHeaderRules.ToList(response), handshake.Request, handshake.Route.Config);
        response.Dispose();
        return new WebSocketOpening { Refusal = new HttpReply((int)response.StatusCode, response.ReasonPhrase ?? "", headers, body) };
    }

    private WebSocketOpening Fail(NativeHandshake handshake, HttpResponseMessage? response, string reason)
    {
        response?.Dispose();
        Log.Failed(logger, handshake.Request.ConnectionId, handshake.Target.Display, reason);
        return new WebSocketOpening { Error = RequestError.OriginUnreachable };
    }
}
