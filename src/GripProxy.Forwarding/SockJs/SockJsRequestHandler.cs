using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.SockJs.Frames;
using GripProxy.Forwarding.SockJs.Sessions;

namespace GripProxy.Forwarding.SockJs;

/// <summary>Answers the HTTP requests below a route's base path of SockJS (SJS-02). Thread-safe.</summary>
/// <param name="opener">Begins sessions.</param>
/// <param name="sessions">The sessions.</param>
/// <param name="page">The page for the iframe transports.</param>
/// <param name="random">A thread-safe source.</param>
internal sealed class SockJsRequestHandler(SockJsSessionOpener opener, SockJsSessions sessions, SockJsIframePage page, Random random)
{
    /// <summary>Handles a request to its end.</summary>
    /// <param name="request">The request; no WebSocket.</param>
    /// <param name="path">Path and query for the origin, after the route's rewriting.</param>
    /// <param name="route">Its route, which has SockJS.</param>
    /// <param name="call">What it asks for.</param>
    /// <exception cref="OperationCanceledException">The client left.</exception>
    public async Task HandleAsync(ClientRequest request, RequestTarget path, RouteModel route, SockJsCall call)
    {
        if (await SockJsBody.ReadAsync(request) is not { } body)
        {
            await SayAsync(request, 400, "Request too large.\n");
            return;
        }

        switch (call.Endpoint)
        {
            case SockJsEndpoint.Options:
                await SockJsReply.WriteAsync(request, SockJsReply.Make(request, 204, SockJsReply.PlainText, default));
                break;
            case SockJsEndpoint.Info:
                await SayAsync(request, 200, Info());
                break;
            case SockJsEndpoint.Iframe:
                await SockJsReply.WriteAsync(request, page.Answer(request));
                break;
            case SockJsEndpoint.Xhr:
                await ReceiveAsync(request, path, route, call, SockJsEnvelope.Xhr);
                break;
            case SockJsEndpoint.XhrStreaming:
                await ReceiveAsync(request, path, route, call, SockJsEnvelope.XhrStreaming);
                break;
            case SockJsEndpoint.EventSource:
                await ReceiveAsync(request, path, route, call, SockJsEnvelope.EventSource);
                break;
            case SockJsEndpoint.Jsonp when SockJsCallback.Find(request.Target) is { } callback:
                await ReceiveAsync(request, path, route, call, SockJsEnvelope.Jsonp(callback));
                break;
            case SockJsEndpoint.Jsonp:
                await SayAsync(request, 400, "Bad Request\n");
                break;
            case SockJsEndpoint.XhrSend or SockJsEndpoint.JsonpSend:
                await SendAsync(request, route, call, body);
                break;
            default:
                await SayAsync(request, 404, "Not Found\n");
                break;
        }
    }

    private async Task ReceiveAsync(ClientRequest request, RequestTarget path, RouteModel route, SockJsCall call, SockJsEnvelope envelope)
    {
        var receiver = new SockJsReceiver(envelope.IsStream);
        var session = sessions.FindOrBegin(KeyOf(route, call), receiver, out var isNew);
        if (session is null)
        {
            await SayAsync(request, 503, "Too many sessions.\n");
            return;
        }

        if (isNew)
        {
            if (!await opener.OpenAsync(request, path, route, session))
                return;
        }
        else if (session.Delivery.Attach(receiver) is { } answer)
        {
            await SockJsReceiving.AnswerAsync(request, envelope, answer);
            return;
        }

        await SockJsReceiving.RunAsync(request, envelope, session.Delivery, receiver);
    }

    private async Task SendAsync(ClientRequest request, RouteModel route, SockJsCall call, ReadOnlyMemory<byte> body)
    {
        if (sessions.Find(KeyOf(route, call)) is not { } session)
        {
            await SayAsync(request, 404, "Not Found\n");
            return;
        }

        if (SockJsPayload.Read(SockJsBody.FindPayload(request, call.Endpoint, body)) is not { } messages)
        {
            await SayAsync(request, 400, "Payload expected\n");
            return;
        }

        var result = messages.Count == 0 ? SockJsSendResult.Taken : await session.SendAsync(messages);
        await (result switch
        {
            SockJsSendResult.Taken => SayAsync(request, 200, "ok"),
            SockJsSendResult.Busy => SayAsync(request, 400, "Already sending\n"),
            _ => SayAsync(request, 404, "Not Found\n"),
        });
    }

    private static SockJsSessionKey KeyOf(RouteModel route, SockJsCall call) => new(route.Config.SockJs ?? "", call.Session);

    private static Task<int> SayAsync(ClientRequest request, int code, string text) =>
        SockJsReply.WriteAsync(request, SockJsReply.Say(request, code, text));

    private string Info()
    {
        // A number that nobody can guess seeds generators of clients that have no better one.
        var entropy = (uint)random.NextInt64(1L << 32);
        return $"{{\"cookie_needed\":false,\"entropy\":{entropy},\"origins\":[\"*:*\"],\"websocket\":true}}\n";
    }
}
