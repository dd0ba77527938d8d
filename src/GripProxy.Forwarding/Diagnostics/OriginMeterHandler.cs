using System.Diagnostics;
using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Traffic;

namespace GripProxy.Forwarding.Diagnostics;

/// <summary>
/// Measures every request to an origin that was marked (STA-30), and makes a span of it whose context the origin gets. The one place for this: all
/// requests pass here, whoever makes them. Stateless.
/// </summary>
internal sealed class OriginMeterHandler(HttpMessageHandler inner, ForwardingMetrics metrics) : DelegatingHandler(inner)
{
    private const string Parent = "traceparent";
    private const string State = "tracestate";

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        metrics.IsOn && request.Options.TryGetValue(OriginRequest.Key, out var asked)
            ? MeasureAsync(asked, request, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> MeasureAsync(OriginRequest asked, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var span = StartSpan(asked, request);
        if (span is not null)
            Hand(span, request);
        metrics.Asked(asked.Route.Label, asked.Kind);
        if (asked.Route.CountsBytes)
            CountSent(asked, request);
        var since = metrics.Now();
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            var outcome = OriginWords.OfStatus((int)response.StatusCode);
            metrics.Ended(asked.Route.Label, outcome, since);
            span?.SetTag("http.response.status_code", (int)response.StatusCode);
            if (outcome != OriginOutcome.Ok)
                span?.SetStatus(ActivityStatusCode.Error);
            return asked.Route.CountsBytes ? CountReceived(asked, response) : response;
        }
        catch (Exception e)
        {
            if (!asked.IsAbandoned)
                Fail(asked, span, OriginWords.Of(e), since);
            throw;
        }
    }

    private void Fail(OriginRequest asked, Activity? span, OriginOutcome outcome, long since)
    {
        metrics.Ended(asked.Route.Label, outcome, since);
        span?.SetTag("error.type", outcome.Word());
        span?.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>A span whose parent is the one that the client named, which stands among the headers already.</summary>
    private static Activity? StartSpan(OriginRequest asked, HttpRequestMessage request)
    {
        if (!ForwardingMetrics.Spans.HasListeners())
            return null;
        // Without a context of the client's the span begins a trace of its own.
        var parent = ActivityContext.TryParse(First(request, Parent), First(request, State), isRemote: true, out var known) ? known : default;
        var span = ForwardingMetrics.Spans.StartActivity("forward", ActivityKind.Client, parent);
        if (span is not { IsAllDataRequested: true })
            return span;
        span.SetTag("http.request.method", request.Method.Method);
        span.SetTag("server.address", request.RequestUri?.Host);
        span.SetTag("server.port", request.RequestUri?.Port);
        span.SetTag("url.path", request.RequestUri?.AbsolutePath);
        span.SetTag("gripproxy.route", asked.Route.Label);
        span.SetTag("gripproxy.kind", asked.Kind.Word());
        return span;
    }

    private static void Hand(Activity span, HttpRequestMessage request)
    {
        request.Headers.Remove(Parent);
        request.Headers.TryAddWithoutValidation(Parent, span.Id);
        request.Headers.Remove(State);
        if (!string.IsNullOrEmpty(span.TraceStateString))
            request.Headers.TryAddWithoutValidation(State, span.TraceStateString);
    }

    private static string? First(HttpRequestMessage request, string name)
    {
        if (!request.Headers.NonValidated.TryGetValues(name, out var values))
            return null;
        return string.Join(',', values);
    }

    private static void CountSent(OriginRequest asked, HttpRequestMessage request)
    {
        var route = asked.Route;
        route.Add(TrafficCount.ServerHeaderBytesSent, HeadSize.Of(request));
        // Events of a WebSocket are counted as its messages; a body whose end is not known yet, by whoever reads it from the client.
        if (asked.Kind != OriginRequestKind.WebSocketOverHttp && request.Content?.Headers.ContentLength is { } length)
            route.Add(TrafficCount.ServerContentBytesSent, length);
    }

    private static HttpResponseMessage CountReceived(OriginRequest asked, HttpResponseMessage response)
    {
        asked.Route.Add(TrafficCount.ServerHeaderBytesReceived, HeadSize.Of(response));
        if (asked.Kind != OriginRequestKind.WebSocketOverHttp && response.StatusCode != System.Net.HttpStatusCode.SwitchingProtocols)
            response.Content = new CountedContent(response.Content, asked.Route, TrafficCount.ServerContentBytesReceived);
        return response;
    }
}
