using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.Http;

namespace GripProxy.Holds;

/// <summary>How a response hold ended (HTTP-24): exactly one of an answer, a retry, or neither because the client is gone. Immutable.</summary>
public sealed record ResponseHoldResult
{
    /// <summary>Why it ended; meaningless for a retry.</summary>
    public CloseReason Reason { get; init; }

    /// <summary>What to send to the client, or null.</summary>
    public HttpReply? Answer { get; init; }

    /// <summary>To be called once the answer is written; null: nobody wants to know (CTL-09).</summary>
    public Action? Written { get; init; }

    /// <summary>Not null: ask the origin again with these <c>Grip-Last</c> headers (HTTP-33, HTTP-34).</summary>
    public IReadOnlyList<GripLast>? Retry { get; init; }

    /// <summary>True if the retry is only because a channel is new (HTTP-36); such retries are counted.</summary>
    public bool IsFirstSubscription { get; init; }

    /// <summary>How often in a row the request was repeated only because a channel was new, with this result (HTTP-36).</summary>
    public int CountAsRetry(int before) => IsFirstSubscription ? before + 1 : 0;
}
