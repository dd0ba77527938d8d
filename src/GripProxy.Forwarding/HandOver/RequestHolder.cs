using System.Text;
using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Jsonp;
using GripProxy.Forwarding.Links;
using GripProxy.Forwarding.Requests;
using GripProxy.Forwarding.Traffic;
using GripProxy.Holds;
using GripProxy.Holds.Resuming;
using GripProxy.Protocol.Instructs;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.HandOver;

/// <summary>
/// Holds requests: beside the HTTP machinery where the connection offers it and nothing of the request is needed any more, else within it
/// (HTTP/2, requests with a body, HTTP/1.0 streams). Thread-safe.
/// </summary>
internal sealed class RequestHolder(HoldKeeper holds, LinkServices links, ClientTraffic traffic, ILogger<RequestHolder> logger)
{
    /// <summary>Holds a long-poll. Not null: the origin is to be asked again and told this (HTTP-33); null: the request is over, or parked.</summary>
    public async Task<IReadOnlyList<GripLast>?> HoldResponseAsync(OriginExchange exchange, Instruct instruct)
    {
        var request = exchange.Request;
        traffic.Hold(request);
        if (FindHandOver(request) is { } handOver)
        {
            Park(request, handOver, new ParkedPoll(holds, links.Repeats, traffic, logger)
            {
                Hold = ToHold(exchange, instruct),
                Head = RequestHead.Write(request.Context),
                Route = exchange.Route,
                IsTrusted = request.IsTrusted,
                SharedAs = request.SharedAs,
            });
            return null;
        }

        var result = await holds.HoldResponseAsync(ToHold(exchange, instruct), request.Context.RequestAborted);
        if (result.Answer is not null)
            await AnswerAsync(request, result);
        else if (result.Retry is null)
            request.Context.Abort();
        request.FirstSubscriptionRetries = result.CountAsRetry(request.FirstSubscriptionRetries);
        return result.Retry;
    }

    /// <summary>Gives a long-poll that has ended its answer.</summary>
    public static async Task AnswerAsync(ClientRequest request, ResponseHoldResult result)
    {
        // HTTP hears of a stop when it has begun with the request, which may be too late for a poll that comes back with its answer.
        var isLast = request.Context.Features.Get<IConnectionHandOver>() is { IsEnding: true };
        var bytes = await ClientReply.WriteHeldAsync(request, result.Answer!, isLast); // Asked only where there is one.
        ClientTraffic.Answered(request, bytes);
        result.Written?.Invoke();
    }

    /// <summary>Sends a stream's head and holds the stream.</summary>
    public async Task StartStreamAsync(OriginExchange exchange, Instruct instruct)
    {
        var request = exchange.Request;
        var response = request.Context.Response;
        var hold = ToHold(exchange, instruct);
        var plan = await holds.PlanAsync(hold);
        ReplyWriter.SetHead(request.Context, instruct.Response, request.IsCrossOrigin);
        if (plan.HeaderValue is { } resumed)
            response.Headers["Channel-Resumed"] = resumed;
        if (request.HasUnreadBody)
            response.Headers.Connection = "close";
        await response.StartAsync(request.Context.RequestAborted);
        ClientTraffic.Answered(request, bytes: 0);
        // What the server made of the head says whether the next request follows the last chunk.
        if (response.Headers.TransferEncoding == "chunked" && response.Headers.Connection.Count == 0 && FindHandOver(request) is { } handOver)
        {
            traffic.Hold(request);
            Park(request, handOver, new ParkedStream(hold, plan, holds, traffic, logger));
            return;
        }

        // A first body takes the head along.
        if (instruct.Response.Body.Length == 0)
            await response.Body.FlushAsync(request.Context.RequestAborted);
        await HoldStreamAsync(request, hold, plan);
    }

    /// <summary>Holds a stream whose beginning is with the client.</summary>
    public async Task HoldStreamAsync(OriginExchange exchange, Instruct instruct)
    {
        var hold = ToHold(exchange, instruct);
        await HoldStreamAsync(exchange.Request, hold, await holds.PlanAsync(hold));
    }

    private async Task HoldStreamAsync(ClientRequest request, HoldRequest hold, ResumePlan plan)
    {
        var context = request.Context;
        traffic.Hold(request);
        var reason = await holds.HoldStreamAsync(hold, plan, context.Response.BodyWriter, writesChunks: false, context.RequestAborted);
        // Without its last chunk the client knows that the stream was cut.
        if (!ParkedStream.EndsCleanly(reason))
            context.Abort();
    }

    private static void Park(ClientRequest request, IConnectionHandOver handOver, IParkedRequest parked)
    {
        // The books know the request as long as it is held: what is parked closes them.
        request.Live = null;
        handOver.Take(parked);
    }

    private static IConnectionHandOver? FindHandOver(ClientRequest request) =>
        request.Body is null ? request.Context.Features.Get<IConnectionHandOver>() : null;

    private HoldRequest ToHold(OriginExchange exchange, Instruct instruct)
    {
        var asks = MayAskOrigin(instruct);
        return new HoldRequest
        {
            Instruct = instruct,
            ConnectionId = exchange.Request.Context.TraceIdentifier,
            Url = exchange.Request.Url,
            Peer = exchange.Request.Peer,
            RouteId = exchange.Route.Config.ExplicitId,
            Live = exchange.Request.Live,
            ChannelPrefix = exchange.Route.Config.ChannelPrefix,
            ImplicitChannels = exchange.Target?.Config.Subscriptions ?? [],
            Debug = exchange.IsDebug,
            Fetcher = asks ? new LinkFetcher(exchange.Request.Host, exchange.Request.IsSecure, exchange.Route, exchange.Target, links) : null,
            LinkBase = asks ? exchange.LinkBase : null,
            FirstSubscriptionRetries = exchange.Request.FirstSubscriptionRetries,
            IsRetry = exchange.Request.IsRetry,
            LastEventId = FindLastEventId(exchange.Request, instruct),
        };
    }

    /// <summary>True if a hold may have to reach its origin, which most never do: for a link, or for a filter that asks it.</summary>
    private static bool MayAskOrigin(Instruct instruct)
    {
        if (instruct.Next is not null || instruct.Gone is not null)
            return true;
        for (var i = 0; i < instruct.Channels.Count; i++)
        {
            if (instruct.Channels[i].Filters.Count > 0)
                return true;
        }

        return false;
    }

    /// <summary>What the client of a stream says it had last, if the origin wants to know nothing else of it (LOG-03).</summary>
    private static string? FindLastEventId(ClientRequest request, Instruct instruct)
    {
        if (!instruct.ResumesByEventId || instruct.Hold != HoldMode.Stream)
            return null;
        if (request.Headers.TryGetValue("Last-Event-ID", out var written))
            return written.ToString();
        var path = request.Target.Value;
        var query = path.IndexOf('?', StringComparison.Ordinal);
        return query >= 0 && new QueryParameters(path.AsSpan(query)).Take("lastEventId") is { } given ? Encoding.UTF8.GetString(given) : null;
    }
}
