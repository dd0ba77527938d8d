using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;

namespace GripProxy.Holds.Messages;

/// <summary>What a <see cref="MessageHold"/> keeps of one of its channels. Guarded by the hold's lock.</summary>
/// <param name="name">Name without route prefix.</param>
/// <param name="encoding">Makes the bytes of its items.</param>
internal sealed class MessageChannel(string name, ItemEncoding encoding)
{
    private bool _owesOutcome;
    private ResumeOutcome? _outcome;

    /// <summary>Name without route prefix.</summary>
    public string Name => name;

    /// <summary>Makes the bytes of its items.</summary>
    public ItemEncoding Encoding => encoding;

    /// <summary>True while its items wait, because the client was not told yet how it begins.</summary>
    public bool IsJoining { get; set; }

    /// <summary>What waits meanwhile; where the log is read, nothing.</summary>
    public HeldBackItems HeldBack { get; } = new(MessageForm.SizeOf, DropReason.NotJoined);

    /// <summary>The client is still to be told how it begins.</summary>
    public void Owe(ResumeOutcome? outcome)
    {
        _owesOutcome = true;
        _outcome = outcome;
    }

    /// <summary>The message to the client, once; or nothing. How the client went on is counted here too.</summary>
    /// <param name="hold">The client.</param>
    /// <param name="at">Where it stands, or null: not known.</param>
    public ReadOnlyMemory<byte> TakeOutcome(MessageHold hold, Position? at)
    {
        if (!_owesOutcome)
            return default;
        _owesOutcome = false;
        if (_outcome is { } outcome)
            hold.CountResume(outcome);
        return encoding.Framing.Encode(new OutcomeMessage(name, _outcome, encoding.HasLog ? at : null));
    }
}
