namespace GripProxy.Channels.Subscriptions;

/// <summary>Kind of hold that a subscription belongs to; it decides which format of an item counts (PUB-15).</summary>
public enum SubscriptionMode
{
    /// <summary>Response hold, format <c>http-response</c>.</summary>
    Response,

    /// <summary>Stream hold, format <c>http-stream</c>.</summary>
    Stream,

    /// <summary>WebSocket, native or over HTTP or as SockJS, format <c>ws-message</c>.</summary>
    WebSocket,

    /// <summary>SignalR client; any format, the first of <c>ws-message</c>, <c>http-stream</c> and <c>http-response</c> that is there (SIG-01).</summary>
    SignalR,
}
