using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Routes;

/// <summary>One line of the routes file: a condition, what to do with matching requests, and targets (routes.md). Immutable.</summary>
public sealed record RouteConfig
{
    /// <summary>Host name in lower case, <c>*</c> for any other host, or empty: reachable by id only (RTE-04).</summary>
    public required string Domain { get; init; }

    /// <summary>Targets in the order they are tried (HTTP-09), at least one.</summary>
    public required IReadOnlyList<TargetConfig> Targets { get; init; }

    /// <summary>File and line of the route, for messages: <c>routes:3</c>.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Folder against which <c>file:</c> values of this line resolve: the routes file's, or the working directory for <c>--route</c>.</summary>
    public string BaseDirectory { get; init; } = ".";

    /// <summary>Only this kind of request (RTE-10), or null: both.</summary>
    public RouteProtocol? Protocol { get; init; }

    /// <summary>Only TLS (true) or only plain (false) client connections (RTE-11), or null: both.</summary>
    public bool? Ssl { get; init; }

    /// <summary>Explicit id (RTE-12), or null.</summary>
    public string? ExplicitId { get; init; }

    /// <summary>Prefix of the percent-encoded path (RTE-13), or null: any path.</summary>
    public string? PathBegin { get; init; }

    /// <summary>Bytes to take off the front of the path (RTE-14); with <see cref="ReplaceBegin"/> the length of <see cref="PathBegin"/>.</summary>
    public int PathRemove { get; init; }

    /// <summary>What stands in place of the bytes taken off (RTE-15), or null.</summary>
    public string? ReplaceBegin { get; init; }

    /// <summary>Host, or host and port, that replaces the request's (RTE-16), or null.</summary>
    public string? AsHost { get; init; }

    /// <summary>Issuer of <c>Grip-Sig</c> (RTE-17), or null: the configured one.</summary>
    public string? SigIssuer { get; init; }

    /// <summary>Key text of <c>Grip-Sig</c> (RTE-17), or null: the configured one.</summary>
    public string? SigKey { get; init; }

    /// <summary>Prefix of all channels the origin names (HTTP-42).</summary>
    public string ChannelPrefix { get; init; } = "";

    /// <summary>Send marked copies of the client's headers (HTTP-05).</summary>
    public bool OriginalHeaders { get; init; }

    /// <summary>Request headers to set, or to remove where the value is empty (RTE-21).</summary>
    public IReadOnlyList<HeaderField> Headers { get; init; } = [];

    /// <summary>Errors with details (HTTP-21).</summary>
    public bool Debug { get; init; }

    /// <summary>Automatic CORS and JSON-P (HTTP-39, HTTP-40).</summary>
    public bool AutoCrossOrigin { get; init; }

    /// <summary>JSON-P settings.</summary>
    public JsonpConfig Jsonp { get; init; } = JsonpConfig.Default;

    /// <summary>Base path of SockJS (RTE-26), or null.</summary>
    public string? SockJs { get; init; }

    /// <summary>Path under which the origin sees SockJS sessions (RTE-26), or null.</summary>
    public string? SockJsAsPath { get; init; }

    /// <summary>Plain reverse proxying (RTE-27).</summary>
    public bool NoGrip { get; init; }

    /// <summary>Highest level of log lines about this route, 0–4 (RTE-28), or null: the configured one.</summary>
    public int? LogLevel { get; init; }

    /// <summary>Event ingestion on the client listener (own-config.md).</summary>
    public bool Ingest { get; init; }

    /// <summary>The explicit id, else the generated one of RTE-06: <c>domain,proto,ssl,path</c>.</summary>
    public string Id => ExplicitId ?? string.Join(
        ',',
        Domain.Length == 0 ? "*" : Domain,
        Protocol switch { RouteProtocol.Http => "http", RouteProtocol.WebSocket => "ws", _ => "*" },
        Ssl switch { true => "ssl", false => "no-ssl", _ => "*" },
        PathBegin ?? "*");
}
