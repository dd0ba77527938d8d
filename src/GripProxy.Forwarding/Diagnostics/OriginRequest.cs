using GripProxy.Channels.Traffic;

namespace GripProxy.Forwarding.Diagnostics;

/// <summary>What a request to an origin is made for. Immutable but for <see cref="Abandon"/>, which is thread-safe.</summary>
/// <param name="route">Where its client is counted.</param>
/// <param name="kind">Why it is made.</param>
/// <param name="clientGone">Fires when nobody waits for its answer any more.</param>
internal sealed class OriginRequest(RouteTraffic route, OriginRequestKind kind, CancellationToken clientGone)
{
    /// <summary>Where it stands among the options of a message.</summary>
    public static readonly HttpRequestOptionsKey<OriginRequest> Key = new("gripproxy");

    private volatile bool _isAbandoned;

    /// <summary>Where its client is counted.</summary>
    public RouteTraffic Route => route;

    /// <summary>Why it is made.</summary>
    public OriginRequestKind Kind => kind;

    /// <summary>True if nobody waits for the answer: that it does not come is no fault of the origin.</summary>
    public bool IsAbandoned => _isAbandoned || clientGone.IsCancellationRequested;

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Abandon() => _isAbandoned = true;
}
