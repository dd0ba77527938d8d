using GripProxy.Protocol.Configuration;

namespace GripProxy.Holds.WebSockets.Framing;

/// <summary>Settings of WebSocket connections (WS-02, own-config.md <c>[limits]</c>).</summary>
public sealed class WebSocketFramingOptions
{
    /// <summary>Bytes of one message of a client, after decompression; a longer one closes 1009. 0: any length, as in Pushpin (WS-03). A reload may change it.</summary>
    public long MaxMessage { get; set; }

    /// <summary>
    /// Whether compression is negotiated with clients and offered to origins (<c>allow_compression</c>). Off as in Pushpin: it costs more
    /// processor time than most messages are worth.
    /// </summary>
    public bool AllowCompression { get; init; }

    /// <summary>Reads the settings; problems are gathered in <paramref name="settings"/>.</summary>
    public static WebSocketFramingOptions Read(Settings settings) => new()
    {
        MaxMessage = settings.Int("limits", "ws_message", 0, min: 0),
        AllowCompression = settings.Bool("runner", "allow_compression", false),
    };
}
