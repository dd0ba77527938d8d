using System.Buffers;
using GripProxy.Protocol.Http;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>What came back for one request: a body of events, or why there is none. Owned by whoever made the request.</summary>
internal sealed class EventsAnswer
{
    /// <summary>Why there are no events; None if there are.</summary>
    public OverHttpFailure Failure { get; init; }

    /// <summary>More about the failure, for the log.</summary>
    public string Detail { get; init; } = "";

    /// <summary>True if the request may be made again (WOH-11).</summary>
    public bool MayRetry { get; init; }

    /// <summary>True if nobody reads the request's body any more.</summary>
    public bool IsBodyUnused { get; set; }

    /// <summary>Headers of the answer to <c>OPEN</c>, for the client; of any other answer nothing.</summary>
    public HeaderList Headers { get; init; } = HeaderList.Empty;

    /// <summary>A refusal to open, for the client; or null.</summary>
    public HttpReply? Refusal { get; init; }

    /// <summary>The value of <c>Keep-Alive-Interval</c>, or null: none (WOH-09).</summary>
    public string? KeepAlive { get; init; }

    /// <summary>The value of <c>Content-Bytes-Accepted</c>, or null: all (WOH-08).</summary>
    public long? AcceptedBytes { get; init; }

    /// <summary>The body, in an array of the pool that belongs to the reader of this answer.</summary>
    public ArraySegment<byte> Body { get; init; } = ArraySegment<byte>.Empty;

    /// <summary>Gives a body back that nobody wants.</summary>
    public void DropBody() => Return(Body);

    /// <summary>Gives the array of a body back.</summary>
    public static void Return(ArraySegment<byte> body)
    {
        if (body.Array is { Length: > 0 } array)
            ArrayPool<byte>.Shared.Return(array);
    }
}
