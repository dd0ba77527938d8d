using GripProxy.Protocol.Configuration;

namespace GripProxy.Proxy.Listeners;

/// <summary>The client listeners and what a request head may cost (CFG-11, own-config.md [limits]).</summary>
public sealed class ClientListenerOptions
{
    /// <summary>Plain HTTP listeners: <c>http_port</c> (CFG-11). No default: a proxy without a port is a mistake (CLI-04).</summary>
    public IReadOnlyList<ListenAddress> Listen { get; set; } = [];

    /// <summary>Bytes a request's header block may have, and its request line as well (HTTP-02). 8192 as in Pushpin.</summary>
    public int BufferSize { get; set; } = 8192;

    /// <summary>
    /// Open client connections. 50000 as in Pushpin. There further ones wait to be accepted; here they are accepted and closed at once, so
    /// that a client learns it instead of hanging.
    /// </summary>
    public int MaxConnections { get; set; } = 50000;

    /// <summary>Time for a whole request head, then 408 (own-config.md [limits] head_timeout). Zero: no limit.</summary>
    public TimeSpan HeadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Header lines of a request, then 431 (own-config.md [limits] headers). Zero: no limit. More than Pushpin's 64 (DIF-63).</summary>
    public int MaxHeaders { get; set; } = 256;

    /// <summary>How long a connection may stay open between two requests (HTTP-22). 1800 seconds as in Pushpin.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(1800);

    /// <summary>Reads them; an unusable port is an error with CLI-04's text.</summary>
    public static ClientListenerOptions Read(Settings settings)
    {
        var listen = new List<ListenAddress>();
        foreach (var text in settings.List("runner", "http_port"))
        {
            if (ListenAddress.TryParse(text, out var address))
            {
                listen.Add(address);
            }
            else
            {
                settings.Report(ConfigSeverity.Error, "runner", "http_port", $"invalid http port: {text}; write [addr:]port with a port between 1 and 65535");
            }
        }

        if (listen.Count == 0 && settings.List("runner", "http_port").Count == 0)
        {
            settings.Report(ConfigSeverity.Error, "runner", "http_port", "no server ports configured; write [runner] http_port=7999");
        }

        return new ClientListenerOptions
        {
            Listen = listen,
            BufferSize = settings.Int("runner", "client_buffer_size", 8192, min: 256),
            MaxConnections = settings.Int("runner", "client_maxconn", 50000, min: 1),
            HeadTimeout = TimeSpan.FromSeconds(settings.Int("limits", "head_timeout", 30, min: 0)),
            MaxHeaders = settings.Int("limits", "headers", 256, min: 0),
        };
    }
}
