using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Diagnostics;
using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Jsonp;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.Sharing;
using GripProxy.Holds;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace GripProxy.Forwarding.Http;

/// <summary>
/// One client request on its way to an origin and back, as often as it has to be sent: writes the origin's request, and decides over the
/// answer's head whether it is passed on or acted on. Owned by the request's pipeline.
/// </summary>
#pragma warning disable CA1001 // The response that carries the relay stream disposes it.
internal sealed class OriginExchange(ClientRequest request, RequestHeaderRules rules, ForwardingOptions options) : HttpTransformer
#pragma warning restore CA1001
{
    private RequestTarget _path;
    private RelayStream? _relay;

    /// <summary>The client's request.</summary>
    public ClientRequest Request => request;

    /// <summary>The route. Valid after <see cref="Begin"/>.</summary>
    public RouteModel Route { get; private set; } = null!; // Set by Begin before anyone reads it.

    /// <summary>The target tried last, or null.</summary>
    public OriginTarget? Target { get; private set; }

    /// <summary>How it ended.</summary>
    public ExchangeEnd End { get; private set; }

    /// <summary>Why there is no answer; valid where the end is <see cref="ExchangeEnd.Failed"/> or <see cref="ExchangeEnd.Truncated"/>.</summary>
    public RequestError Error { get; private set; }

    /// <summary>What debug mode says about <see cref="Error"/>.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>The instruct; not null where the end is <see cref="ExchangeEnd.Instruct"/> or <see cref="ExchangeEnd.BeginningRelayed"/>.</summary>
    public Instruct? Instruct { get; private set; }

    /// <summary>What a hold wants to tell the origin, or null.</summary>
    public IReadOnlyList<GripLast>? LastIds { get; private set; }

    /// <summary>Others that wait for this answer, or null: nobody can.</summary>
    public SharedExchange? Shared { get; set; }

    /// <summary>Ends the wait for the answer's head, or null.</summary>
    public CancellationTokenSource? Deadline { get; set; }

    /// <summary>The place among those that ask again, or null; left as soon as the answer is known to go to the client.</summary>
    public IDisposable? Place { get; set; }

    /// <summary>Bytes of body passed on.</summary>
    public long RelayedBytes => _relay?.Count ?? 0;

    /// <summary>True if the whole answer was passed on, whatever else failed.</summary>
    public bool IsRelayComplete => _relay is { IsComplete: true };

    /// <summary>Path and query for the origin.</summary>
    public RequestTarget Path => _path;

    /// <summary>True if answers with GRIP markers are for us.</summary>
    public bool IsGrip => !request.IsTrusted && !Route.Config.NoGrip;

    /// <summary>Errors with details (HTTP-21).</summary>
    public bool IsDebug => options.Debug || Route.Config.Debug;

    /// <summary>What links of the answer resolve against: the client's URI after the route's rewriting (HTTP-30).</summary>
    public Uri? LinkBase => request.LinkBase(Route.Config, _path);

    /// <summary>Starts over with this route, and with what a hold wants to tell the origin.</summary>
    public void Begin(RouteModel route, IReadOnlyList<GripLast>? lastIds)
    {
        Route = route;
        Target = null;
        LastIds = lastIds;
        _path = request.Target.Rewrite(route.Config.PathRemove, route.Config.ReplaceBegin);
    }

    /// <summary>The next attempt goes to this target, with the body from its start.</summary>
    public void Aim(OriginTarget target)
    {
        Target = target;
        End = ExchangeEnd.None;
        Error = RequestError.None;
        Instruct = null;
        _relay = null;
        request.Body?.Rewind();
        request.Context.Response.Clear();
    }

    /// <summary>Notes an end that is no answer.</summary>
    public void Fail(ExchangeEnd end, RequestError error, string detail)
    {
        End = end;
        Error = error;
        Detail = detail;
    }

    /// <summary>Takes what somebody else was answered.</summary>
    public void Adopt(SharedAnswer answer)
    {
        Target = answer.Target;
        Instruct = answer.Instruct;
        Fail(answer.End, answer.Error, answer.Detail);
    }

    /// <summary>What others may make of the answer.</summary>
    public SharedAnswer ToShare() => End switch
    {
        ExchangeEnd.Instruct or ExchangeEnd.Failed => new SharedAnswer(End, Instruct, Error, Detail, Target),
        ExchangeEnd.None or ExchangeEnd.ClientGone => SharedAnswer.AskAgain,
        _ => SharedAnswer.AskAlone,
    };

    /// <summary>Takes an answer that did not come over a connection.</summary>
    public void Answer(HttpReply reply)
    {
        var grip = GripMarkers.IsInstructType(reply.Headers.First("Content-Type"));
        for (var i = 0; i < reply.Headers.Count; i++)
            grip |= GripMarkers.IsControlHeader(reply.Headers[i].Name);
        if (grip && IsGrip)
        {
            Interpret(reply.Code, reply.Reason, reply.Headers, reply.Body);
            return;
        }

        Take(reply);
    }

    /// <inheritdoc/>
    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        var host = Target!.Config.HostHeader ?? Route.Config.AsHost ?? request.Host; // Aim comes first.
        if (request.Jsonp is not null)
            proxyRequest.Method = new HttpMethod(request.Method);
        proxyRequest.RequestUri = Target.UriOf(_path.Value);
        rules.Apply(request, Route, host, LastIds, proxyRequest);
        if (Route.IsInner)
            proxyRequest.Options.Set(InnerOrigin.Client, httpContext);
        Route.Meter?.Mark(
            proxyRequest, request.IsRetry ? OriginRequestKind.Retry : OriginRequestKind.Request, request.Context.RequestAborted);
        // A body whose end is known needs no chunks (HTTP-05).
        if (request.IsRetry && request.Body is { IsComplete: true } body && proxyRequest.Content is { } content)
            content.Headers.ContentLength = body.Length64;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
            return false;
        Deadline?.CancelAfter(Timeout.InfiniteTimeSpan);
        // DIF-84: nothing but a WebSocket may become another protocol, and WebSockets go another way.
        var upgraded = (int)proxyResponse.StatusCode == StatusCodes.Status101SwitchingProtocols;
        if (upgraded || !ResponseHeaderRules.IsSound(proxyResponse, options.MaxResponseHeaders))
        {
            Route.Meter?.Metrics.AnswerRefused();
            return Refuse(RequestError.OriginUnreachable, Target!.Display);
        }

        if (IsGrip && ResponseHeaderRules.IsGrip(proxyResponse))
            return await TakeInstructAsync(proxyResponse, cancellationToken);
        if (request.Jsonp is { } call)
            return await WrapAsync(call, proxyResponse, cancellationToken);
        Shared?.BeginCopy(ResponseHeaderRules.ToReply(proxyResponse, stripGrip: IsGrip), Target);
        ResponseHeaderRules.Copy(proxyResponse, httpContext.Response, stripGrip: IsGrip);
        End = ExchangeEnd.Relayed;
        await RelayAsync(proxyResponse, default, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public override ValueTask TransformResponseTrailersAsync(
        HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>JSON-P: an answer of moderate length is wrapped as a whole, a longer one on its way (HTTP-40).</summary>
    private async ValueTask<bool> WrapAsync(JsonpCall call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var headers = ResponseHeaderRules.ToPassedList(response, stripGrip: IsGrip);
        var (body, complete) = await InstructBody.ReadAsync(response, cancellationToken);
        var answer = new HttpReply((int)response.StatusCode, response.ReasonPhrase ?? "", headers, body);
        if (complete || headers.Contains("Content-Encoding"))
        {
            Take(answer);
            return false;
        }

        End = ExchangeEnd.Relayed;
        Shared?.Decide(SharedAnswer.AskAlone);
        ReplyWriter.SetHead(request.Context, new HttpReply(200, "OK", JsonpAnswer.OuterHeaders(headers), default), crossOrigin: false);
        await RelayAsync(response, body, cancellationToken);
        response.Content = new RelayContent(new JsonpStream(_relay!, call, JsonpAnswer.Start(call, answer.Code, answer.Reason, headers, length: null))); // Made just above.
        return true;
    }

    private async ValueTask<bool> TakeInstructAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (request.Body is { IsTooLong: true })
            return Refuse(RequestError.RequestTooLarge, "");
        var (body, complete) = await InstructBody.ReadAsync(response, cancellationToken);
        var headers = ResponseHeaderRules.ToList(response);
        if (complete)
        {
            Interpret((int)response.StatusCode, response.ReasonPhrase ?? "", headers, body);
            return false;
        }

        // HTTP-16: a stream's long beginning goes out before the hold; no other answer may be that long.
        if (ResponseHeaderRules.IsInstructType(response))
            return Refuse(RequestError.InstructTooLarge, Target!.Display);
        Interpret((int)response.StatusCode, response.ReasonPhrase ?? "", headers, default);
        if (Instruct is null)
            return false;
        if (!InstructBody.MayBeLong(Instruct))
            return Refuse(RequestError.InstructTooLarge, Target!.Display);
        if (request.IsHead || !ReplyWriter.HasBody(Instruct.Response.Code))
            return false;
        End = ExchangeEnd.BeginningRelayed;
        Shared?.Decide(SharedAnswer.AskAlone);
        ReplyWriter.SetHead(request.Context, Instruct.Response, crossOrigin: false);
        await RelayAsync(response, body, cancellationToken);
        return true;
    }

    private void Take(HttpReply answer)
    {
        Instruct = Instruct.Plain(answer);
        End = ExchangeEnd.Instruct;
    }

    private void Interpret(int status, string reason, HeaderList headers, ReadOnlyMemory<byte> body)
    {
        var result = InstructReader.Read(status, reason, headers, body, options.InstructLimits);
        Instruct = result.Instruct;
        if (Instruct is not null)
        {
            End = ExchangeEnd.Instruct;
            return;
        }

        Route.Meter?.Metrics.InstructRefused();
        Fail(ExchangeEnd.Failed, RequestError.InstructInvalid, result.Error ?? "");
    }

    private async ValueTask RelayAsync(HttpResponseMessage response, ReadOnlyMemory<byte> beginning, CancellationToken cancellationToken)
    {
        Place?.Dispose();
        // HTTP-18: what is left of the request is nobody's any more once the answer is out.
        if (request.HasUnreadBody)
            request.Context.Response.Headers.Connection = "close";
        if (request.IsCrossOrigin && request.Jsonp is null)
            CrossOriginHeaders.Add(request.Context.Request, request.Context.Response);
        _relay = new RelayStream(await response.Content.ReadAsStreamAsync(cancellationToken), beginning, Shared);
        response.Content = new RelayContent(_relay);
    }

    private bool Refuse(RequestError error, string detail)
    {
        Instruct = null;
        Fail(ExchangeEnd.Failed, error, detail);
        return false;
    }
}
