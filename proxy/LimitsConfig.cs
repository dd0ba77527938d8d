using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;

namespace GripProxy.Proxy;

/// <summary>The limits that a reload changes (own-config.md [limits]); the others belong to listeners and take a restart. Immutable.</summary>
/// <param name="ConnectionsPerAddress">Open connections of one address, or 0.</param>
/// <param name="ConnectionRate">New connections of one address per second, or 0.</param>
/// <param name="ChannelName">Bytes of a channel's name, or 0.</param>
/// <param name="JsonDepth">Nesting of JSON, or 0.</param>
/// <param name="WebSocketMessage">Bytes of a client's message, or 0.</param>
/// <param name="WebSocketControl">Pings and pongs of a client in a second, or 0.</param>
/// <param name="Http2Resets">Requests of one HTTP/2 connection that may be taken back in a second, or 0.</param>
/// <param name="Http2Control">Frames of one HTTP/2 connection in a second that ask for nothing, or 0.</param>
public sealed record LimitsConfig(
    int ConnectionsPerAddress, int ConnectionRate, int ChannelName, int JsonDepth, long WebSocketMessage, int WebSocketControl, int Http2Resets, int Http2Control)
{
    /// <summary>The limits of these settings.</summary>
    public static LimitsConfig Of(ProxyOptions options) => new(
        options.Client.ConnectionsPerAddress,
        options.Client.ConnectionRate,
        options.Control.Items.MaxChannelNameBytes,
        options.Control.JsonDepth,
        options.Forwarding.WebSockets.MaxMessage,
        options.Holds.MaxControlFrames,
        options.Client.Http2Resets,
        options.Client.Http2Control);

    /// <summary>Puts them into the settings of running parts, which look at them whenever they need one.</summary>
    internal void Apply(ProxyOptions running)
    {
        running.Control.Items = new ItemLimits { MaxChannelNameBytes = ChannelName };
        running.Control.JsonDepth = JsonDepth;
        var instructs = new InstructLimits { MaxChannelNameBytes = ChannelName, MaxJsonDepth = JsonDepth };
        running.Forwarding.InstructLimits = instructs;
        running.Holds.ControlLimits = instructs;
        running.Forwarding.WebSockets.MaxMessage = WebSocketMessage;
        running.Holds.MaxControlFrames = WebSocketControl;
        running.Client.Http2Resets = Http2Resets;
        running.Client.Http2Control = Http2Control;
    }
}
