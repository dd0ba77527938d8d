using System.Collections.Frozen;
using GripProxy.Protocol.Http;

namespace GripProxy.Protocol.Instructs;

/// <summary>What has been read of an instruct so far. Owned by one call of <see cref="InstructReader"/>.</summary>
internal sealed class InstructDraft
{
    /// <summary>What an origin says to have a stream resumed by the ids of its events (LOG-04).</summary>
    public const string EventId = "event-id";

    /// <summary>Filters that one channel may name (FLT-01, DIF-04).</summary>
    private const int MaxFilters = 5;

    private static readonly TimeSpan LeastTimeout = TimeSpan.FromSeconds(5);

    private readonly InstructLimits _limits;

    public InstructDraft(InstructLimits limits) => _limits = limits;

    public HoldMode Hold { get; set; }

    public List<ChannelInstruct> Channels { get; } = [];

    /// <summary>Seconds of the hold's timeout, as given.</summary>
    public int Timeout { get; set; } = 55;

    public KeepAlive? KeepAlive { get; set; }

    // A field, because readers fill it by reference.
    public Dictionary<string, string>? Meta;

    public bool ResumesByEventId { get; set; }

    public NextLink? Next { get; set; }

    public string? Gone { get; set; }

    /// <summary>Status code of the template: the origin's, unless Grip-Status or JSON says otherwise.</summary>
    public int Code { get; set; } = 200;

    /// <summary>Reason of the template in header form (one character per byte); empty means the standard phrase.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Names of Grip-Expose-Headers, or null: all.</summary>
    public List<string>? ExposedHeaders { get; set; }

    /// <summary>Adds a channel, or says why it cannot be taken.</summary>
    public ChannelProblem Add(string name, string? prevId, IReadOnlyList<string> filters, string? position)
    {
        if (!GripText.IsChannelName(name, _limits.MaxChannelNameBytes))
            return ChannelProblem.Name;
        if (prevId is not null && !GripText.IsId(prevId))
            return ChannelProblem.PrevId;
        if (filters.Count > MaxFilters)
            return ChannelProblem.TooManyFilters;
        Channels.Add(new ChannelInstruct(name, prevId, filters) { Position = position });
        return ChannelProblem.None;
    }

    public Instruct Build(HeaderList headers, ReadOnlyMemory<byte> body) => new()
    {
        Hold = Hold,
        Channels = Channels,
        Timeout = TimeSpan.FromSeconds(Timeout) < LeastTimeout ? LeastTimeout : TimeSpan.FromSeconds(Timeout),
        KeepAlive = KeepAlive,
        Meta = Meta ?? (IReadOnlyDictionary<string, string>)FrozenDictionary<string, string>.Empty,
        ResumesByEventId = ResumesByEventId,
        Next = Next,
        Gone = Gone,
        Response = new HttpReply(Code, Reason.Length > 0 ? Reason : ReasonPhrases.Get(Code), headers, body),
    };
}
