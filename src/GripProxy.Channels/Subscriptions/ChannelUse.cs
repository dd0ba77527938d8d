namespace GripProxy.Channels.Subscriptions;

/// <summary>Who is on a channel, as of one moment (CTL-03). Immutable.</summary>
/// <param name="Name">Full name, route prefix included.</param>
/// <param name="Response">Response holds.</param>
/// <param name="Stream">Stream holds.</param>
/// <param name="WebSocket">WebSockets of all kinds.</param>
/// <param name="SignalR">SignalR clients.</param>
/// <param name="LastId">Id of the last item in order, or null: none is remembered.</param>
public sealed record ChannelUse(string Name, int Response, int Stream, int WebSocket, int SignalR, string? LastId)
{
    /// <summary>Subscribers of all kinds.</summary>
    public int Total => Response + Stream + WebSocket + SignalR;
}
