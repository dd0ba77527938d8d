using System.Runtime.CompilerServices;
using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.HandOver;
using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Logging;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.Sharing;
using GripProxy.Forwarding.SockJs;
using GripProxy.Forwarding.Traffic;
using GripProxy.Holds;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Routes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding;

/// <summary>
/// The client listeners' whole pipeline (HTTP-01): finds the route, asks the origin, passes its answer on or does what its instruct says.
/// Thread-safe.
/// </summary>
public sealed partial class RequestForwarder
{
    private readonly ConditionalWeakTable<HttpMessageHandler, InnerOrigin> _inner = [];
    private readonly RouteFinder _routes;
    private readonly ClientRequestReader _reader;
    private readonly RequestSharing _origins;
    private readonly RequestHolder _holder;
    private readonly SockJsFront _webSockets;
    private readonly ClientTraffic _traffic;
    private readonly RequestHeaderRules _rules;
    private readonly RequestLog _requests;
    private readonly ForwardingOptions _options;
    private readonly ILogger<RequestForwarder> _logger;

    /// <summary>Made by <see cref="ForwardingServiceCollectionExtensions.AddGripForwarding"/>.</summary>
    internal RequestForwarder(ForwarderParts parts, ILogger<RequestForwarder> logger)
    {
        _reader = parts.Reader;
        _routes = parts.Routes;
        _origins = parts.Origins;
        _holder = parts.Holder;
        _webSockets = parts.WebSockets;
        _traffic = parts.Traffic;
        _logger = logger;
        _requests = parts.Links.Requests;
        _options = parts.Links.Options;
        _rules = new RequestHeaderRules(_options);
    }

    /// <summary>Takes the events that come in through routes marked <c>ingest=true</c>; null: these go to the origin like all else. Set before the first request.</summary>
    public IngestDoor? Ingest { get; set; }

    /// <summary>
    /// Handles one request to its end, holds included. Never throws: whatever goes wrong ends this request only.
    /// </summary>
    public Task HandleAsync(HttpContext context) => HandleAsync(context, inner: null, innerName: null);

    /// <summary>Handles one request likewise, for an origin that is part of this process.</summary>
    /// <param name="context">The request.</param>
    /// <param name="origin">Answers in the place of targets.</param>
    /// <param name="channelPrefix">In front of every channel that its answers name; the same for a handler always.</param>
    /// <param name="name">What answers, as logs tell it.</param>
    public Task HandleAsync(HttpContext context, HttpMessageHandler origin, string channelPrefix, string name) =>
        HandleAsync(context, _inner.GetValue(origin, handler => new InnerOrigin(handler, channelPrefix)), name);

    private async Task HandleAsync(HttpContext context, InnerOrigin? inner, string? innerName)
    {
        ClientRequest? request = null;
        try
        {
            if (!_reader.TryRead(context, out request, out var error) || request is null)
            {
                await ReplyWriter.WriteAsync(context, ErrorReply.For(error, "", _options.Debug), _options.AutoCrossOrigin, ErrorReply.EndsConnection(error));
                return;
            }

            if (inner is not null)
            {
                (request.Inner, request.InnerName) = (inner, innerName);
                // Another proxy would not know which channels are whose.
                request.IsTrusted = false;
            }

            await RunAsync(request, context.Features.Get<IConnectionHandOver>()?.TakeReplay() as PollReplay);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left in the middle of something; there is nobody to tell.
            context.Abort();
        }
        catch (Exception e)
        {
            Log.Failed(_logger, context.TraceIdentifier, e);
            await ApologiseAsync(context, request, e);
        }
        finally
        {
            if (request is not null)
            {
                request.TakePlace()?.Dispose();
                request.Body?.Release();
                _traffic.End(request);
            }
        }
    }

    /// <summary>Asks the origin as often as its holds want.</summary>
    private async Task RunAsync(ClientRequest request, PollReplay? replay)
    {
        var exchange = new OriginExchange(request, _rules, _options);
        var lastIds = replay?.Result.Retry;
        var route = replay is null ? _routes.Find(request) : replay.Route;
        var error = RouteGate.Enter(request, route, _options);
        if (replay is not null)
        {
            replay.Restore(request);
            if (replay.Result.Answer is not null)
            {
                await RequestHolder.AnswerAsync(request, replay.Result);
                return;
            }

            ClientTraffic.Retry(request);
            route = _routes.FindAgain(request, replay.Route);
        }

        while (true)
        {
            if (error == RequestError.None)
                error = route is null ? RequestError.RouteNotFound : RouteGate.Check(request, route);
            if (error != RequestError.None || route is null)
            {
                await RefuseAsync(request, route?.Config, error);
                return;
            }

            if (route.Config.Ingest && Ingest is { } door && door.Takes(request.Target.Path))
            {
                await door.Handle(request.Context);
                return;
            }

            if (await _webSockets.TryHandleAsync(request, route))
                return;

            if (request.Live is null)
                _traffic.Begin(request, route);
            exchange.Begin(route, lastIds);
            await _origins.ForwardAsync(exchange);
            lastIds = await ActAsync(exchange, lastIds);
            if (lastIds is null)
                return;
            request.IsRetry = true;
            ClientTraffic.Retry(request);
            route = _routes.FindAgain(request, route);
        }
    }

    /// <summary>Does what the answer calls for. Not null: the origin is to be asked again and told this (HTTP-33).</summary>
    private async Task<IReadOnlyList<GripLast>?> ActAsync(OriginExchange exchange, IReadOnlyList<GripLast>? lastIds)
    {
        var request = exchange.Request;
        var route = exchange.Route.Config;
        switch (exchange.End)
        {
            case ExchangeEnd.Relayed:
                Answered(exchange, lastIds, request.Context.Response.StatusCode, exchange.RelayedBytes);
                return null;
            case ExchangeEnd.Failed:
                await RefuseAsync(exchange, lastIds);
                return null;
            case ExchangeEnd.Instruct when exchange.Instruct is { } instruct:
                return await FollowAsync(exchange, instruct, lastIds);
            case ExchangeEnd.BeginningRelayed when exchange.Instruct is { } instruct && GoesOn(instruct):
                _requests.Accepted(request, route, exchange.Target, lastIds);
                ClientTraffic.Answered(request, exchange.RelayedBytes);
                await _holder.HoldStreamAsync(exchange, instruct with { Response = instruct.Response with { Body = default } });
                return null;
            case ExchangeEnd.BeginningRelayed:
                Answered(exchange, lastIds, request.Context.Response.StatusCode, exchange.RelayedBytes);
                return null;
            default:
                _requests.Broken(request, route, exchange.Target, lastIds);
                await BreakOff.EndAsync(exchange);
                return null;
        }
    }

    private async Task<IReadOnlyList<GripLast>?> FollowAsync(OriginExchange exchange, Instruct instruct, IReadOnlyList<GripLast>? lastIds)
    {
        var request = exchange.Request;
        var route = exchange.Route.Config;
        var bodyless = request.IsHead || !ReplyWriter.HasBody(instruct.Response.Code);
        if (instruct.Hold != HoldMode.Response && (bodyless || !GoesOn(instruct)))
        {
            await AnswerNowAsync(exchange, instruct, lastIds);
            return null;
        }

        _requests.Accepted(request, route, exchange.Target, lastIds);
        if (instruct.Hold == HoldMode.Response)
            return await _holder.HoldResponseAsync(exchange, instruct);
        await _holder.StartStreamAsync(exchange, instruct);
        return null;
    }

    /// <summary>Answers a request that is not held, with the body as the filters of its channels make it (HTTP-15, FLT-06).</summary>
    private async Task AnswerNowAsync(OriginExchange exchange, Instruct instruct, IReadOnlyList<GripLast>? lastIds)
    {
        var body = ResponseContentFilter.Apply(instruct);
        if (body.Error is { } error)
        {
            exchange.Fail(ExchangeEnd.Failed, RequestError.FilterFailed, error);
            await RefuseAsync(exchange, lastIds);
            return;
        }

        var bytes = await ClientReply.WriteAsync(exchange.Request, instruct.Response with { Body = body.Content });
        Answered(exchange, lastIds, instruct.Response.Code, bytes);
    }

    /// <summary>True if a body follows the first one: of a stream hold, or of a next link (HTTP-30).</summary>
    private static bool GoesOn(Instruct instruct) => instruct.Hold == HoldMode.Stream || instruct.Next is not null;

    private async Task RefuseAsync(OriginExchange exchange, IReadOnlyList<GripLast>? lastIds)
    {
        var request = exchange.Request;
        var reply = ErrorReply.For(exchange.Error, exchange.Detail, exchange.IsDebug);
        var bytes = await ClientReply.WriteAsync(request, reply, ErrorReply.EndsConnection(exchange.Error));
        Answered(exchange, lastIds, reply.Code, bytes);
    }

    private void Answered(OriginExchange exchange, IReadOnlyList<GripLast>? lastIds, int code, long bytes)
    {
        _requests.Answered(exchange.Request, exchange.Route.Config, exchange.Target, lastIds, code, bytes);
        ClientTraffic.Answered(exchange.Request, bytes);
    }

    private async Task RefuseAsync(ClientRequest request, RouteConfig? route, RequestError error)
    {
        var reply = ErrorReply.For(error, "", _options.Debug || route is { Debug: true });
        var bytes = await ClientReply.WriteAsync(request, reply, close: request is { Body: not null, Jsonp: null });
        _requests.Answered(request, route, null, null, reply.Code, bytes);
    }

    private async Task ApologiseAsync(HttpContext context, ClientRequest? request, Exception exception)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var error = exception is BadHttpRequestException ? RequestError.InvalidBody : RequestError.Internal;
        var reply = ErrorReply.For(error, "", _options.Debug);
        if (request is null)
            await ReplyWriter.WriteAsync(context, reply, _options.AutoCrossOrigin, close: true);
        else
            await ClientReply.WriteAsync(request, reply, close: true);
    }
}
