using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// What a WebSocket keeps of a channel that is reliable or has envelopes (LOG-08); other channels need none. Guarded by the hold's lock.
/// </summary>
/// <param name="name">Name without route prefix.</param>
/// <param name="fullName">Name with it.</param>
internal sealed class TrackedChannel(string name, string fullName)
{
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

    /// <summary>Why the origin was asked, in the words of LOG-02, or null: it was not, or it has subscribed the client anew since.</summary>
    public string? Missed { get; set; }

    /// <summary>How often a filter failed on an item, which makes those behind it in the queue useless.</summary>
    public int Failures { get; set; }

    /// <summary>Ends the wait for the origin; made when it is asked first.</summary>
    public WheelTimer? Deadline { get; set; }

    /// <summary>What waits.</summary>
    public HeldBackItems HeldBack { get; } = 
        new(static item => item.WebSocketMessage!.Content.Length, DropReason.NotJoined); // Only items with this format come there.
}
