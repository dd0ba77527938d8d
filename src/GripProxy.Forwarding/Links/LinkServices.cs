using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Logging;

namespace GripProxy.Forwarding.Links;

/// <summary>What all <see cref="LinkFetcher"/>s have in common. Immutable.</summary>
internal sealed record LinkServices(
    RouteModels Models, LinkSharing Sharing, RepeatGate Repeats, RequestLog Requests, ForwardingOptions Options)
{
    /// <summary>A token that also fires when the origin's head takes too long (<c>[origin] response_timeout</c>).</summary>
    public CancellationTokenSource StartDeadline(CancellationToken cancellation)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (Options.ResponseTimeout != Timeout.InfiniteTimeSpan)
            deadline.CancelAfter(Options.ResponseTimeout);
        return deadline;
    }
}
