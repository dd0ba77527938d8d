using GripProxy.Protocol.Configuration;

namespace GripProxy.Forwarding.SockJs;

/// <summary>SockJS on routes that have it (SJS-05).</summary>
public sealed class SockJsOptions
{
    /// <summary>Where the frame of the iframe transports loads the client library from. Pushpin's default, so that old clients find their version.</summary>
    public string ScriptUrl { get; set; } = "http://cdn.jsdelivr.net/sockjs/0.3.4/sockjs.min.js";

    /// <summary>
    /// Sessions over HTTP at the same time. As many as client connections may be open, because a session that is polled has one; what comes on top
    /// is refused with 503.
    /// </summary>
    public int MaxSessions { get; set; } = 50_000;

    /// <summary>Reads the options.</summary>
    public static SockJsOptions Read(Settings settings) => new()
    {
        ScriptUrl = settings.Text("proxy", "sockjs_url", "http://cdn.jsdelivr.net/sockjs/0.3.4/sockjs.min.js"),
        MaxSessions = settings.Int("runner", "client_maxconn", 50_000, min: 1),
    };
}
