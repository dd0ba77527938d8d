using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds;

/// <summary>Settings of holds (CFG-13).</summary>
public sealed class HoldsOptions
{
    /// <summary>
    /// Channels of one connection; further ones are ignored with a warning (DIF-44). 20 as in Pushpin: an origin that names more has usually
    /// lost count.
    /// </summary>
    public int MaxSubscriptions { get; init; } = 20;

    /// <summary>
    /// How long a stream may go without a byte before its connection is cut (HTTP-22); zero: for ever. Half an hour as in Pushpin: a client
    /// that vanished without a word is found at last. A keep-alive shorter than that keeps any stream.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(1800);

    /// <summary>
    /// Pings and pongs that the client of a WebSocket may send in a second; more close 1008 (own-config.md [limits] ws_control). 100: clients ping every few seconds, and each ping goes to the
    /// origin. 0: any number. A reload may change it.
    /// </summary>
    public int MaxControlFrames { get; set; } = 100;

    /// <summary>Limits on what an origin may write into a control message of a WebSocket (WS-12); the same as on instructs. A reload may change them.</summary>
    public InstructLimits ControlLimits { get; set; } = InstructLimits.Default;

    /// <summary>Reads the settings; problems are gathered in <paramref name="settings"/>.</summary>
    public static HoldsOptions Read(Settings settings) => new()
    {
        MaxSubscriptions = settings.Int("handler", "connection_subscription_max", 20, min: 0),
        IdleTimeout = TimeSpan.FromSeconds(settings.Int("origin", "idle_timeout", 1800, min: 0)),
        MaxControlFrames = settings.Int("limits", "ws_control", 100, min: 0),
        ControlLimits = new InstructLimits
        {
            MaxChannelNameBytes = settings.Int("limits", "channel_name", 1024, min: 0),
            MaxJsonDepth = settings.Int("limits", "json_depth", 64, min: 0),
        },
    };
}
