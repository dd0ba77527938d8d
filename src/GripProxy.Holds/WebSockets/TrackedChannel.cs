using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;
using GripProxy.Protocol;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// What a WebSocket keeps of a channel that is reliable or has envelopes (LOG-08); other channels need none. Guarded by the hold's lock.
/// </summary>
/// <param name="name">Name without route prefix.</param>
/// <param name="fullName">Name with it.</param>
internal sealed class TrackedChannel(string name, string fullName)
{
    private bool _owesOpening;
    private ResumeOutcome? _outcome;

    /// <summary>Name without route prefix.</summary>
    public string Name => name;

    /// <summary>Name with route prefix.</summary>
    public string FullName => fullName;

    /// <summary>True: a gap is not passed over in silence.</summary>
    public bool IsReliable { get; set; }

    /// <summary>How its items are wrapped, or null: not at all.</summary>
    public MessageEnvelope? Envelope { get; set; }

    /// <summary>True while its items wait: it is being joined, or the origin is asked for what is missing.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Why the origin was asked, or null: it was not, or the client has gone on since.</summary>
    public ResumeOutcome? Missed { get; set; }

    /// <summary>How often a filter failed on an item, which makes those behind it in the queue useless.</summary>
    public int Failures { get; set; }

    /// <summary>Ends the wait for the origin; made when it is asked first.</summary>
    public WheelTimer? Deadline { get; set; }

    /// <summary>The client goes on where it was, or (null) begins: it is still to be told, where it has envelopes.</summary>
    public void Begin(bool isResumed)
    {
        _owesOpening = true;
        _outcome = Missed ?? (isResumed ? ResumeOutcome.Resumed : null);
    }

    /// <summary>It does not go on where it was, and begins now.</summary>
    public void NotResumed(ResumeOutcome reason) => _outcome = reason;

    /// <summary>The first message of a client with envelopes, once; or nothing. How the client went on is counted here too.</summary>
    /// <param name="hold">The client.</param>
    /// <param name="at">Where it stands in the log, or null: there is none, or it is not known.</param>
    public ReadOnlyMemory<byte> TakeOpening(WebSocketHold hold, Position? at)
    {
        if (!_owesOpening)
            return default;
        _owesOpening = false;
        Missed = null;
        if (_outcome is { } outcome)
            hold.CountResume(outcome);
        return Envelope is null ? default : Envelope.EncodeOutcome(_outcome, at);
    }

    /// <summary>What waits.</summary>
    public HeldBackItems HeldBack { get; } = 
        new(static item => item.WebSocketMessage!.Content.Length, DropReason.NotJoined); // Only items with this format come there.
}
