using GripProxy.Protocol.Configuration;
using GripProxy.Proxy.Listeners.Local;

namespace GripProxy.Proxy.Listeners;

/// <summary>The client listeners and what clients may cost (CFG-11, own-config.md [client] and [limits]).</summary>
public sealed class ClientListenerOptions
{
    /// <summary>Plain HTTP listeners: <c>http_port</c> (CFG-11). No default: a proxy without a port is a mistake (CLI-04).</summary>
    public IReadOnlyList<ListenAddress> Listen { get; set; } = [];

    /// <summary>TLS listeners: <c>https_ports</c> (CFG-11). None as in Pushpin: they need certificates.</summary>
    public IReadOnlyList<ListenAddress> TlsListen { get; set; } = [];

    /// <summary>Unix sockets: <c>local_ports</c> (CFG-11).</summary>
    public IReadOnlyList<LocalListen> LocalListen { get; set; } = [];

    /// <summary>Where the certificates of <see cref="TlsListen"/> are (CFG-20): <c>runner/certs</c> beside the configuration file.</summary>
    public string CertificateFolder { get; set; } = Path.Combine("runner", "certs");

    /// <summary>HTTP/2 on <see cref="TlsListen"/> by ALPN (own-config.md [client] h2). On: clients that cannot do it do not ask for it.</summary>
    public bool Http2 { get; set; } = true;

    /// <summary>
    /// HTTP/2 with prior knowledge beside HTTP/1.1 on <see cref="Listen"/> (own-config.md [client] h2c). Off: only a balancer or a service
    /// mesh in front has use for it.
    /// </summary>
    public bool Http2PriorKnowledge { get; set; }

    /// <summary>Bytes a request's header block may have, and its request line as well (HTTP-02). 8192 as in Pushpin.</summary>
    public int BufferSize { get; set; } = 8192;

    /// <summary>Open client connections. 50000 as in Pushpin; further ones wait to be accepted, as there.</summary>
    public int MaxConnections { get; set; } = 50000;

    /// <summary>Open connections of one TCP peer address (own-config.md [limits]). Zero, no limit: a balancer in front is one address.</summary>
    public int ConnectionsPerAddress { get; set; }

    /// <summary>New connections of one TCP peer address per second (own-config.md [limits]). Zero: no limit.</summary>
    public int ConnectionRate { get; set; }

    /// <summary>Time for a whole request head, then 408 (own-config.md [limits] head_timeout). Zero: no limit.</summary>
    public TimeSpan HeadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Header lines of a request, then 431 (own-config.md [limits] headers). Zero: no limit. More than Pushpin's 64 (DIF-63).</summary>
    public int MaxHeaders { get; set; } = 256;

    /// <summary>Bytes of a request's body, then 413 (own-config.md [limits] body). Zero, any length: bodies pass as they come, and are not kept.</summary>
    public int MaxBody { get; set; }

    /// <summary>
    /// Bytes per second with which a request's body has to come once it has had as long as a head may take, then 408 (own-config.md [limits] body_rate). Zero, any: as in
    /// Pushpin only <c>[origin] idle_timeout</c> ends it. The shipped file sets 240, as the server below would.
    /// </summary>
    public int BodyRate { get; set; }

    /// <summary>
    /// Bytes per second with which a client has to take what waits for it, likewise, else its connection is cut (own-config.md [limits] answer_rate). Zero, any: as in
    /// Pushpin. The shipped file sets 240, as the server below would. Held requests of HTTP/1.1 have their queue instead; WebSockets have both.
    /// </summary>
    public int AnswerRate { get; set; }

    /// <summary>
    /// Requests of one HTTP/2 connection that its client may take back in a second, else it ends (own-config.md [limits] h2_resets). 500: far more than people who leave pages
    /// or long-polls that are given up, far less than a flood. Zero: no limit.
    /// </summary>
    public int Http2Resets { get; set; } = 500;

    /// <summary>
    /// Frames of one HTTP/2 connection that ask for nothing (settings, pings, priorities, empty ones) in a second, else it ends (own-config.md [limits] h2_control). 1000: a
    /// client measures round trips with a ping each. Zero: no limit.
    /// </summary>
    public int Http2Control { get; set; } = 1000;

    /// <summary>How long a connection may stay open between two requests (HTTP-22). 1800 seconds as in Pushpin.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(1800);

    /// <summary>Reads them; an unusable listener is an error with CLI-04's text.</summary>
    public static ClientListenerOptions Read(Settings settings)
    {
        ListenList.CheckAny(settings);
        return new ClientListenerOptions
        {
            Listen = ListenList.Tcp(settings, "http_port", "http"),
            TlsListen = ListenList.Tcp(settings, "https_ports", "https"),
            LocalListen = ListenList.Local(settings),
            CertificateFolder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(settings.Path)) ?? "/", "runner", "certs"),
            Http2 = settings.Bool("client", "h2", true),
            Http2PriorKnowledge = settings.Bool("client", "h2c", false),
            BufferSize = settings.Int("runner", "client_buffer_size", 8192, min: 256),
            MaxConnections = settings.Int("runner", "client_maxconn", 50000, min: 1),
            ConnectionsPerAddress = settings.Int("limits", "connections_per_address", 0, min: 0),
            ConnectionRate = settings.Int("limits", "connection_rate", 0, min: 0),
            HeadTimeout = TimeSpan.FromSeconds(settings.Int("limits", "head_timeout", 30, min: 0)),
            MaxHeaders = settings.Int("limits", "headers", 256, min: 0),
            MaxBody = settings.Int("limits", "body", 0, min: 0),
            BodyRate = settings.Int("limits", "body_rate", 0, min: 0),
            AnswerRate = settings.Int("limits", "answer_rate", 0, min: 0),
            Http2Resets = settings.Int("limits", "h2_resets", 500, min: 0),
            Http2Control = settings.Int("limits", "h2_control", 1000, min: 0),
        };
    }
}
