using System.Net;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Traffic;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds;

/// <summary>Everything a hold needs to know about the request it holds; no HTTP context. Immutable.</summary>
public sealed record HoldRequest
{
    private static readonly Instruct NoInstruct = Instruct.Plain(new HttpReply(200, "OK", HeaderList.Empty, default));

    /// <summary>What the origin asked for; nothing unless said, as for WebSockets, whose origins ask in messages.</summary>
    public Instruct Instruct { get; init; } = NoInstruct;

    /// <summary>Id of the client's request, unique in this process.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>Full URL of the client's request, for log lines (CLI-11).</summary>
    public required string Url { get; init; }

    /// <summary>How the client of a WebSocket is connected, for operators; means nothing to other holds.</summary>
    public HeldTransport WebSocketTransport { get; init; } = HeldTransport.WebSocket;

    /// <summary>Address of the TCP peer, for operators; null: unknown.</summary>
    public IPAddress? Peer { get; init; }

    /// <summary>Explicit route id, or null.</summary>
    public string? RouteId { get; init; }

    /// <summary>The client's request among all that are under way, for stats, or null: it is counted nowhere (STA-05).</summary>
    public LiveConnection? Live { get; init; }

    /// <summary>The route's channel prefix (HTTP-42).</summary>
    public string ChannelPrefix { get; init; } = "";

    /// <summary>Implicit channels of the target, not prefixed (HTTP-41).</summary>
    public IReadOnlyList<string> ImplicitChannels { get; init; } = [];

    /// <summary>Errors with details (HTTP-21).</summary>
    public bool Debug { get; init; }

    /// <summary>Where the client of a stream says that it stands: <c>Last-Event-ID</c>, or <c>lastEventId</c> of a first connect; or null (LOG-03).</summary>
    public string? LastEventId { get; init; }

    /// <summary>Asks the origin for the instruct's links, or null: they are not followed.</summary>
    public IOriginFetcher? Fetcher { get; init; }

    /// <summary>Absolute URI against which the instruct's links resolve: the client's after route rewriting (HTTP-30).</summary>
    public Uri? LinkBase { get; init; }

    /// <summary>How often in a row the request was repeated only because a channel was new (HTTP-36).</summary>
    public int FirstSubscriptionRetries { get; init; }

    /// <summary>True if this is the answer to a retry (HTTP-33); only log lines tell.</summary>
    public bool IsRetry { get; init; }

    /// <summary>True if there is a next link that can be asked.</summary>
    internal bool HasNext => this is { Instruct.Next: not null, LinkBase: not null, Fetcher: not null };

    /// <summary>Where the end of the held request is reported (HTTP-31), or null: nowhere.</summary>
    internal Uri? Gone => this is { Instruct.Gone: { } link, LinkBase: { } from, Fetcher: not null } ? LinkFollower.Resolve(from, link) : null;
}
