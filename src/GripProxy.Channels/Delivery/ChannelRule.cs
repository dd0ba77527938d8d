namespace GripProxy.Channels.Delivery;

/// <summary>What <c>[channel:PATTERN]</c> says about a channel. Immutable.</summary>
/// <param name="Pattern">Channel names it applies to, <c>*</c> for any characters.</param>
/// <param name="Overflow">What happens when a connection's queue is full.</param>
/// <param name="QueueBytes">How many bytes may wait for one connection.</param>
public sealed record ChannelRule(string Pattern, OverflowPolicy Overflow, int QueueBytes)
{
    /// <summary>Items that the channel's log keeps at most. 0: it has no log (LOG-01).</summary>
    public int LogItems { get; init; }

    /// <summary>Bytes of content that the log keeps at most, 1 MiB: some thousand small items. The newest item is kept whatever its size.</summary>
    public long LogBytes { get; init; } = 1_048_576;

    /// <summary>How long the log keeps an item, 5 minutes: longer than a client needs to come back after a cut.</summary>
    public TimeSpan LogAge { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>True: a new hold gets the newest item at once (LOG-10).</summary>
    public bool Latest { get; init; }

    /// <summary>True if the channel has a log: its items have positions, and clients can resume.</summary>
    public bool HasLog => LogItems > 0;

    /// <summary>Items that are kept for whatever reason: <see cref="Latest"/> needs one even without a log.</summary>
    public int KeptItems => Latest ? Math.Max(1, LogItems) : LogItems;

    /// <summary>The rule of channels that no section names: end slow connections at 256 KiB, so that no loss is silent.</summary>
    public static ChannelRule Default { get; } = new("*", OverflowPolicy.Close, 262_144);
}
