using GripProxy.Channels.Traffic;

namespace GripProxy.Forwarding.Diagnostics;

/// <summary>Marks the requests to the origins of one route, so that <see cref="OriginMeterHandler"/> knows what they are. Immutable.</summary>
internal sealed class OriginMeter(ForwardingMetrics metrics, RouteTraffic route)
{
    /// <summary>What forwarding counts.</summary>
    public ForwardingMetrics Metrics => metrics;

    /// <summary>Marks a request, if somebody wants to know of it.</summary>
    /// <param name="message">The request.</param>
    /// <param name="kind">Why it is made.</param>
    /// <param name="clientGone">Fires when nobody waits for its answer any more.</param>
    /// <returns>The mark, or null: nobody wants to know.</returns>
    public OriginRequest? Mark(HttpRequestMessage message, OriginRequestKind kind, CancellationToken clientGone)
    {
        if (!metrics.IsOn)
            return null;
        var request = new OriginRequest(route, kind, clientGone);
        message.Options.Set(OriginRequest.Key, request);
        return request;
    }
}
