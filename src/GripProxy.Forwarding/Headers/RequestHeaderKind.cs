using System.Collections.Frozen;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Forwarding.Headers;

/// <summary>Which rule of HTTP-05 applies to a request header.</summary>
internal enum RequestHeaderKind
{
    /// <summary>It passes.</summary>
    Ordinary,

    /// <summary>Made anew from the URI.</summary>
    Host,

    /// <summary>Belongs to one connection: never passed.</summary>
    Hop,

    /// <summary>Belongs to the body.</summary>
    ContentLength,

    /// <summary>Belongs to one connection where a WebSocket is asked for; whoever makes that connection adds it.</summary>
    Upgrade,

    /// <summary>Negotiated with each side of a WebSocket on its own (WS-02, WS-10).</summary>
    WebSocketExtensions,

    /// <summary>Joined into one line.</summary>
    Cookie,

    /// <summary>Has our value appended.</summary>
    CdnLoop,

    /// <summary>HTTP-08.</summary>
    ForwardedFor,

    /// <summary>HTTP-07.</summary>
    ForwardedProtocol,

    /// <summary>HTTP-43.</summary>
    PushpinRoute,

    /// <summary>Any <c>Grip-*</c>.</summary>
    Grip,

    /// <summary>A marked copy, <c>eb9bf0f5-*</c>.</summary>
    Marked,
}

/// <summary>Tells the kind of a request header without allocating. Immutable.</summary>
internal static class RequestHeaderKinds
{
    /// <summary>What marked copies of client headers begin with (HTTP-05).</summary>
    public const string Mark = "eb9bf0f5-";

    private static readonly FrozenDictionary<string, RequestHeaderKind> Known = new Dictionary<string, RequestHeaderKind>
    {
        ["Host"] = RequestHeaderKind.Host,
        ["Connection"] = RequestHeaderKind.Hop,
        ["Keep-Alive"] = RequestHeaderKind.Hop,
        ["Accept-Encoding"] = RequestHeaderKind.Hop,
        ["Content-Encoding"] = RequestHeaderKind.Hop,
        ["Transfer-Encoding"] = RequestHeaderKind.Hop,
        ["Expect"] = RequestHeaderKind.Hop,
        ["Content-Length"] = RequestHeaderKind.ContentLength,
        ["Upgrade"] = RequestHeaderKind.Upgrade,
        ["Sec-WebSocket-Extensions"] = RequestHeaderKind.WebSocketExtensions,
        ["Cookie"] = RequestHeaderKind.Cookie,
        ["CDN-Loop"] = RequestHeaderKind.CdnLoop,
        ["X-Forwarded-For"] = RequestHeaderKind.ForwardedFor,
        ["X-Forwarded-Proto"] = RequestHeaderKind.ForwardedProtocol,
        ["X-Forwarded-Protocol"] = RequestHeaderKind.ForwardedProtocol,
        ["Pushpin-Route"] = RequestHeaderKind.PushpinRoute,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The kind of a header name.</summary>
    public static RequestHeaderKind Of(string name)
    {
        if (Known.TryGetValue(name, out var kind))
            return kind;
        if (GripMarkers.IsGripHeader(name))
            return RequestHeaderKind.Grip;
        return name.StartsWith(Mark, StringComparison.OrdinalIgnoreCase) ? RequestHeaderKind.Marked : RequestHeaderKind.Ordinary;
    }
}
