using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Http;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Forwarding.WebSockets;

/// <summary>How it went to open the origin's side of a WebSocket (WS-04, WOH-04): accepted, refused by the origin, or failed. Immutable.</summary>
internal sealed record WebSocketOpening
{
    /// <summary>The origin's side, for the hold to own; or null: it was not opened.</summary>
    public IWebSocketOrigin? Origin { get; init; }

    /// <summary>What the origin said about GRIP, or null: a plain relay (WS-10). Valid with <see cref="Origin"/>.</summary>
    public GripExtension? Grip { get; init; }

    /// <summary>Headers of the origin for the client's 101, without those that WS-01 and WOH-04 take out. Valid with <see cref="Origin"/>.</summary>
    public HeaderList Headers { get; init; } = new();

    /// <summary>The origin's refusal, for the client; or null.</summary>
    public HttpReply? Refusal { get; init; }

    /// <summary>Why there is neither; None with one of the two.</summary>
    public RequestError Error { get; init; }

    /// <summary>True if the next target may be tried (HTTP-09). Valid with <see cref="Error"/>.</summary>
    public bool MayTryNext { get; init; }

    /// <summary>The target asked last. Set by <see cref="WebSocketOpener"/>.</summary>
    public OriginTarget? Target { get; init; }

    /// <summary>What debug mode says about <see cref="Error"/>, without line end (HTTP-20). Set by <see cref="WebSocketOpener"/>.</summary>
    public string Detail { get; init; } = "";

    /// <summary>A target that was not reached, so that the next one may be.</summary>
    public static WebSocketOpening Unreached { get; } = new() { Error = RequestError.OriginUnreachable, MayTryNext = true };
}
