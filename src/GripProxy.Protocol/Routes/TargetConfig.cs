namespace GripProxy.Protocol.Routes;

/// <summary>One target of a route with its own options (routes.md §4). Immutable.</summary>
public sealed record TargetConfig
{
    /// <summary>Address or test handler.</summary>
    public TargetKind Kind { get; init; }

    /// <summary>Host to connect to, an IPv6 address without brackets; empty for the test handler.</summary>
    public string Host { get; init; } = "";

    /// <summary>Port to connect to, 1–65535; 0 for the test handler.</summary>
    public int Port { get; init; }

    /// <summary>Connect with TLS (RTE-30).</summary>
    public bool Ssl { get; init; }

    /// <summary>Do not verify the certificate (RTE-31).</summary>
    public bool Insecure { get; init; }

    /// <summary>Host, or host and port, of the origin request instead of the client's (RTE-32), or null.</summary>
    public string? HostHeader { get; init; }

    /// <summary>Verify the certificate against <see cref="Host"/> instead of the request's host (RTE-33).</summary>
    public bool TrustConnectHost { get; init; }

    /// <summary>Refuse private and loopback addresses (RTE-34).</summary>
    public bool Untrusted { get; init; }

    /// <summary>Implicit channels of every hold of this target, not prefixed (RTE-35).</summary>
    public IReadOnlyList<string> Subscriptions { get; init; } = [];

    /// <summary>WebSocket-over-HTTP (RTE-36).</summary>
    public bool OverHttp { get; init; }

    /// <summary>One WebSocket event a request (RTE-37).</summary>
    public bool OneEvent { get; init; }

    /// <summary>PEM file of the client certificate (RTE-38), or null.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>PEM file of the client certificate's key (RTE-38), or null.</summary>
    public string? ClientKey { get; init; }

    /// <summary>HTTP/2 to this target (own-config.md).</summary>
    public bool Http2 { get; init; }

    /// <summary>The proxy answers client pings itself (own-config.md).</summary>
    public bool AutoPong { get; init; }

    /// <summary><c>host:port</c> as logs and debug texts show it, IPv6 in brackets; <c>test</c> for the test handler.</summary>
    public string Display => Kind == TargetKind.Test ? "test" : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
