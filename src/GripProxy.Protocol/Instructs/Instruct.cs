using System.Collections.Frozen;
using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Instructs;

/// <summary>The GRIP instructions of one origin response (HTTP-12, HTTP-13). Immutable.</summary>
public sealed record Instruct
{
    /// <summary>An instruct that only answers.</summary>
    public static Instruct Plain(HttpReply answer) => new() { Hold = HoldMode.None, Channels = [], Response = answer };

    /// <summary>What to do with the request.</summary>
    public required HoldMode Hold { get; init; }

    /// <summary>Channels in the order named. May be empty: such a hold waits for its timeout (OBS-41).</summary>
    public required IReadOnlyList<ChannelInstruct> Channels { get; init; }

    /// <summary>Timeout of a response hold, 5 s or more; 55 s where the origin gave none.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(55);

    /// <summary>Keep-alive of a stream hold, or null.</summary>
    public KeepAlive? KeepAlive { get; init; }

    /// <summary>Subscription meta for filters (FLT-02).</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>True: a stream of server-sent events is to say where its client stands, and to go on there (LOG-04).</summary>
    public bool ResumesByEventId { get; init; }

    /// <summary>Where the stream goes on, or null.</summary>
    public NextLink? Next { get; init; }

    /// <summary>Where the end of the held request is reported (HTTP-31), as written, or null.</summary>
    public string? Gone { get; init; }

    /// <summary>The answer without hold, the timeout answer of a response hold, or the beginning of a stream.</summary>
    public required HttpReply Response { get; init; }
}
