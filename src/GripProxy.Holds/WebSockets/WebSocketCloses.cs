using GripProxy.Channels.Outcomes;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>How the proxy closes WebSockets by itself. The codes tell clients whether to come back. Immutable.</summary>
internal static class WebSocketCloses
{
    /// <summary>A normal end; also what a close without code becomes, for the origin here, for the client by <see cref="IWebSocketClient"/> (WS-03).</summary>
    public static WebSocketClose Normal { get; } = new(1000);

    /// <summary>The client reads too slowly (own-config.md, Overflow).</summary>
    public static WebSocketClose TooSlow { get; } = new(1013, "too slow");

    /// <summary>The client pings too often (own-config.md [limits] ws_control).</summary>
    public static WebSocketClose TooManyControlFrames { get; } = new(1008, "too many control frames");

    /// <summary>The code and reason of an end that says no more (design §6 for <see cref="CloseReason.Drain"/>).</summary>
    public static WebSocketClose For(CloseReason reason) => reason switch
    {
        CloseReason.Drain => new WebSocketClose(1012),
        CloseReason.Timeout => new WebSocketClose(1001, "idle"),
        CloseReason.Overflow => TooSlow,
        CloseReason.TokenExpired => new WebSocketClose(1008, "token expired"),
        CloseReason.Error => new WebSocketClose(1011),
        _ => Normal,
    };

    /// <summary>A mistake of the origin or a publisher; the client is told only in debug (FLT-05, FLT-07, WS-12a).</summary>
    public static WebSocketClose Failed(string text, bool debug) => new(1011, debug ? text : "");

    /// <summary>What the client missed cannot be filled (LOG-08): it reconnects, and the origin starts it afresh.</summary>
    public static WebSocketClose NotResumed(ResumeOutcome reason) => new(1013, $"resume failed: {reason.Word()}");

    /// <summary>The content that passes a close frame on: one without code becomes a normal end.</summary>
    public static ReadOnlyMemory<byte> PassOn(ReadOnlyMemory<byte> content) => content.Length < 2 ? Normal.ToContent() : content.ToArray();
}
