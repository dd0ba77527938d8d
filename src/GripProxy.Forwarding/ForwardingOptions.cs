using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.SockJs;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Instructs;
using GripProxy.Security;

namespace GripProxy.Forwarding;

/// <summary>How requests are passed on: <c>[proxy]</c> (CFG-12), <c>[origin]</c> and parts of <c>[limits]</c> (own-config.md).</summary>
public sealed class ForwardingOptions
{
    /// <summary>Errors with details (HTTP-21). Off: details are for developers.</summary>
    public bool Debug { get; set; }

    /// <summary>CORS headers on every response (HTTP-39). Off as in Pushpin.</summary>
    public bool AutoCrossOrigin { get; set; }

    /// <summary>Believe a client's <c>X-Forwarded-Proto</c> (HTTP-01). Off: only a proxy in front may say so.</summary>
    public bool AcceptForwardedProtocol { get; set; }

    /// <summary>Which headers tell the origin that the client came by TLS (HTTP-07). Off when the key is absent, as in Pushpin.</summary>
    public ForwardedProtocolHeaders SetForwardedProtocol { get; set; }

    /// <summary><c>X-Forwarded-For</c> of ordinary clients (HTTP-08). Empty: it passes.</summary>
    public ForwardedForRule ForwardedFor { get; set; } = ForwardedForRule.Pass;

    /// <summary><c>X-Forwarded-For</c> of trusted clients (HTTP-08). Empty: it passes.</summary>
    public ForwardedForRule ForwardedForTrusted { get; set; } = ForwardedForRule.Pass;

    /// <summary>Header names that get no marked copy on <c>orig_headers</c> routes (HTTP-05). None by default.</summary>
    public IReadOnlySet<string> OriginalHeadersNeedMark { get; set; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Obey the client's <c>Pushpin-Route</c> (HTTP-43). Off: clients do not choose routes.</summary>
    public bool AcceptPushpinRoute { get; set; }

    /// <summary>Our value in <c>CDN-Loop</c> (HTTP-05). Empty: the header passes.</summary>
    public string CdnLoop { get; set; } = "";

    /// <summary>Request lines name the client's address (CLI-11). Off as in Pushpin.</summary>
    public bool LogFrom { get; set; }

    /// <summary>Request lines name the user agent (CLI-11). Off as in Pushpin.</summary>
    public bool LogUserAgent { get; set; }

    /// <summary>Issuer in <c>Grip-Sig</c> (HTTP-03). <c>pushpin</c>, because origins check for it.</summary>
    public string SignatureIssuer { get; set; } = "pushpin";

    /// <summary>Key of <c>Grip-Sig</c> (HTTP-03), or null: requests go out unsigned.</summary>
    public GripKey? SignatureKey { get; set; }

    /// <summary>Key of GRIP proxies in front of us (HTTP-04), or null: no client is trusted.</summary>
    public GripKey? UpstreamKey { get; set; }

    /// <summary>
    /// How many held requests may ask one origin again at a time (HTTP-33). 250: an origin on the same network answers thousands per second through
    /// so many connections, and beside the clients' they are few. No key: an origin sees only how many come at once.
    /// </summary>
    internal int RepeatsAtOnce { get; init; } = 250;

    /// <summary>Time to connect to an origin, TLS included; then the next target is tried. 10 s; infinite: as long as the system waits.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time to an origin's response head, then 504 (DIF-45). Infinite as in Pushpin: origins may think for long.</summary>
    public TimeSpan ResponseTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Time without a byte in either direction after which an exchange is given up (HTTP-22). 1800 s as in Pushpin.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(1800);

    /// <summary>Header lines an origin's answer may have, then 502; 0 = any. 256: four times Pushpin's, still no attack (DIF-63).</summary>
    public int MaxResponseHeaders { get; set; } = 256;

    /// <summary>
    /// Clients there may be at a time, and so origins that may have to be told at a time that theirs is gone (WOH-10). 50000 as in Pushpin.
    /// </summary>
    public int MaxClients { get; set; } = 50_000;

    /// <summary>Equal requests of several clients are sent to the origin once (HTTP-10). Off: each client's request is its own.</summary>
    public bool ShareAll { get; set; }

    /// <summary>True if a channel has a log, which origins are told (LOG-04). False: no <c>[channel:PATTERN] log_items</c>.</summary>
    public bool KeepsLog { get; set; }

    /// <summary>Compression and limits of WebSockets.</summary>
    public WebSocketFramingOptions WebSockets { get; set; } = new();

    /// <summary>SockJS.</summary>
    public SockJsOptions SockJs { get; set; } = new();

    /// <summary>Limits on instructs.</summary>
    public InstructLimits InstructLimits { get; set; } = InstructLimits.Default;

    /// <summary>Reads the options; what does not fit is reported and has its default.</summary>
    public static ForwardingOptions Read(Settings settings)
    {
        // HTTP-46: rarely used, and its service is not ours.
        if (settings.Text("handler", "state_spec").Length > 0)
            settings.Report(ConfigSeverity.Warning, "handler", "state_spec", "has no effect: sessions (Grip-Session-Id) are not supported");
        return ReadAll(settings);
    }

    private static ForwardingOptions ReadAll(Settings settings) => new()
    {
        Debug = settings.Bool("proxy", "debug", false),
        AutoCrossOrigin = settings.Bool("proxy", "auto_cross_origin", false),
        AcceptForwardedProtocol = settings.Bool("proxy", "accept_x_forwarded_protocol", false),
        SetForwardedProtocol = ReadForwardedProtocol(settings),
        ForwardedFor = ReadForwardedFor(settings, "x_forwarded_for"),
        ForwardedForTrusted = ReadForwardedFor(settings, "x_forwarded_for_trusted"),
        OriginalHeadersNeedMark = new HashSet<string>(settings.List("proxy", "orig_headers_need_mark"), StringComparer.OrdinalIgnoreCase),
        AcceptPushpinRoute = settings.Bool("proxy", "accept_pushpin_route", false),
        CdnLoop = settings.Text("proxy", "cdn_loop").Trim(),
        LogFrom = settings.Bool("proxy", "log_from", false),
        LogUserAgent = settings.Bool("proxy", "log_user_agent", false),
        SignatureIssuer = settings.Text("proxy", "sig_iss", "pushpin"),
        SignatureKey = ReadKey(settings, "sig_key", "requests go to origins without Grip-Sig"),
        UpstreamKey = ReadKey(settings, "upstream_key", "no client is trusted"),
        ConnectTimeout = ReadSeconds(settings, "connect_timeout", 10),
        ResponseTimeout = ReadSeconds(settings, "response_timeout", 0),
        IdleTimeout = ReadSeconds(settings, "idle_timeout", 1800),
        MaxResponseHeaders = settings.Int("limits", "headers", 256, min: 0),
        MaxClients = settings.Int("runner", "client_maxconn", 50_000, min: 1),
        ShareAll = settings.Bool("handler", "share_all", false),
        KeepsLog = settings.Names("channel").Any(name => int.TryParse(settings.Text("channel:" + name, "log_items"), out var items) && items > 0),
        WebSockets = WebSocketFramingOptions.Read(settings),
        SockJs = SockJsOptions.Read(settings),
        InstructLimits = new InstructLimits
        {
            MaxChannelNameBytes = settings.Int("limits", "channel_name", 1024, min: 0),
            MaxJsonDepth = settings.Int("limits", "json_depth", 64, min: 0),
        },
    };

    private static ForwardedProtocolHeaders ReadForwardedProtocol(Settings settings)
    {
        var text = settings.Text("proxy", "set_x_forwarded_protocol");
        switch (text)
        {
            case "true":
                return ForwardedProtocolHeaders.Both;
            case "proto-only":
                return ForwardedProtocolHeaders.ProtoOnly;
            case "" or "false":
                return ForwardedProtocolHeaders.None;
            default:
                settings.Report(
                    ConfigSeverity.Warning, "proxy", "set_x_forwarded_protocol", $"'{text}' means false; expected true, false or proto-only");
                return ForwardedProtocolHeaders.None;
        }
    }

    private static ForwardedForRule ReadForwardedFor(Settings settings, string key)
    {
        if (ForwardedForRule.TryParse(settings.List("proxy", key), out var rule, out var error))
            return rule;
        settings.Report(ConfigSeverity.Error, "proxy", key, error);
        return ForwardedForRule.Pass;
    }

    // An unusable key is no reason to stop: Pushpin goes on without signing or trusting (HTTP-03), and so do existing installations.
    private static GripKey? ReadKey(Settings settings, string key, string consequence)
    {
        var text = settings.Text("proxy", key);
        if (text.Length == 0)
            return null;
        if (GripKey.TryRead(text, settings.DirectoryOf("proxy", key), out var value, out var error))
            return value;
        settings.Report(ConfigSeverity.Warning, "proxy", key, $"{error}; {consequence}");
        return null;
    }

    private static TimeSpan ReadSeconds(Settings settings, string key, int fallback)
    {
        // Timers of the framework end below 2^32 ms.
        var seconds = settings.Int("origin", key, fallback, min: 0, max: 4_000_000);
        return seconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);
    }
}
