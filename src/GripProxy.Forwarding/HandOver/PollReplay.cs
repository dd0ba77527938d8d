using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Holds;

namespace GripProxy.Forwarding.HandOver;

/// <summary>A long-poll that comes back for its answer, or to ask the origin again (HTTP-24, HTTP-33): then with its place there. Immutable.</summary>
internal sealed class PollReplay(ParkedPoll poll, ResponseHoldResult result, IDisposable? place) : RequestReplay
{
    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Head => poll.Head;

    /// <summary>How the hold ended: with an answer or with a retry.</summary>
    public ResponseHoldResult Result => result;

    /// <summary>The request's route while it was held.</summary>
    public RouteModel Route => poll.Route;

    /// <inheritdoc/>
    public override void Abandon()
    {
        place?.Dispose();
        poll.End();
    }

    /// <summary>Makes the context and the request what they were.</summary>
    public void Restore(ClientRequest request)
    {
        request.Context.TraceIdentifier = poll.Hold.ConnectionId;
        request.Live = poll.Hold.Live;
        request.IsTrusted = poll.IsTrusted;
        request.SharedAs = poll.SharedAs;
        request.IsRetry = true;
        request.Place = place;
        request.FirstSubscriptionRetries = result.CountAsRetry(poll.Hold.FirstSubscriptionRetries);
    }
}
