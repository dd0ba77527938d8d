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
}
