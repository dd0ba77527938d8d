using GripProxy.Forwarding.Answers;
using GripProxy.Protocol.Routes;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace GripProxy.Forwarding.Http;

/// <summary>Sends a request to the targets of its route, one after the other until one is reached (HTTP-09). Thread-safe.</summary>
internal sealed partial class OriginForwarder(
    IHttpForwarder relay, RepeatGate repeats, ForwardingOptions options, TimeProvider time, ILogger<OriginForwarder> logger)
{
    /// <summary>Asks the origin. How it went stands in the exchange; never throws for what an origin or client does.</summary>
    public async Task ForwardAsync(OriginExchange exchange)
    {
        // An answer that is passed on may go on for ever; whoever relays it gives the place back before.
        using var place = exchange.Request.TakePlace()
            ?? (exchange.Request.IsRetry ? await repeats.EnterAsync(exchange.Route.Targets, exchange.Request.Context.RequestAborted) : null);
        exchange.Place = place;
        var tried = "";
        foreach (var target in exchange.Route.Targets)
        {
            exchange.Aim(target);
            if (target.Config.Kind == TargetKind.Test)
            {
                exchange.Answer(await TestHandler.AnswerAsync(exchange));
                return;
            }

            tried = tried.Length == 0 ? target.Display : $"{tried}, {target.Display}";
            var mayTryNext = true;
            if (target.Client is null)
            {
                exchange.Fail(ExchangeEnd.Failed, RequestError.OriginUnreachable, tried);
            }
            else
            {
                // Here, and not in a method of its own: its state would be one more object for every request.
                using var deadline = StartDeadline(exchange);
                var late = exchange.IsDebug ? LateReset.Watch(exchange.Request.Context) : null;
                var error = await relay.SendAsync(
                    exchange.Request.Context, target.Prefix, target.Client, target.Exchange, exchange, deadline?.Token ?? CancellationToken.None);
                late?.Remove();
                exchange.Deadline = null;
                mayTryNext = error != ForwarderError.None && Judge(exchange, error, tried, deadline is { IsCancellationRequested: true });
            }

            if (!mayTryNext || exchange.Request.Body is { CanReplay: false })
                return;
        }
    }

    private bool Judge(OriginExchange exchange, ForwarderError error, string tried, bool late)
    {
        var context = exchange.Request.Context;
        var exception = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        if (context.RequestAborted.IsCancellationRequested)
        {
            exchange.Fail(ExchangeEnd.ClientGone, RequestError.None, "");
            return false;
        }

        // Only the request's body failed, which the origin did not want any more.
        if (exchange.IsRelayComplete)
            return false;
        Log.OriginFailed(logger, tried, error, exception?.GetBaseException().Message ?? "");
        if (context.Response.HasStarted)
        {
            exchange.Fail(ExchangeEnd.Truncated, RequestError.OriginUnreachable, tried);
            return false;
        }

        if (exchange.Request.Body is { Refusal: not RequestError.None and var refusal })
        {
            exchange.Route.Meter?.Metrics.BodyRefused(refusal);
            exchange.Fail(ExchangeEnd.Failed, refusal, "");
            return false;
        }

        var failure = OriginFailure.Of(error, exception, late);
        exchange.Fail(ExchangeEnd.Failed, failure.Error, tried);
        return failure.MayTryNext;
    }

    /// <summary>The response timeout; it starts again with each piece of the request's body (own-config.md, <c>response_timeout</c>).</summary>
    private CancellationTokenSource? StartDeadline(OriginExchange exchange)
    {
        if (options.ResponseTimeout == Timeout.InfiniteTimeSpan)
            return null;
        var deadline = new CancellationTokenSource(options.ResponseTimeout, time);
        exchange.Deadline = deadline;
        if (exchange.Request.Body is { } body)
            body.Progress = () => exchange.Deadline?.CancelAfter(options.ResponseTimeout);
        return deadline;
    }
}
