using System.Buffers;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Resuming;

/// <summary>A hold with a queue, as a <see cref="ReplayPiece"/> sees it. Called by the writer of the queue, outside all locks.</summary>
internal interface ILogReader
{
    /// <summary>The log.</summary>
    IChannelLog Log { get; }

    /// <summary>True if this cursor is still what the subscription reads with.</summary>
    bool IsReading(Subscription subscription, LogCursor cursor);

    /// <summary>Where the cursor stands: it begins at <paramref name="found"/>, unless items were offered before.</summary>
    Position Begin(Subscription subscription, LogCursor cursor, LogPlace found);

    /// <summary>The log has what follows: the client is told what it does not know yet.</summary>
    void Open(Subscription subscription, LogCursor cursor, IBufferWriter<byte> output);

    /// <summary>Puts an item of the log into the output, if it is for this client. False: the reading ends here, for a reason of the hold's.</summary>
    ValueTask<bool> ReplayAsync(Subscription subscription, LogCursor cursor, Item item, IBufferWriter<byte> output);

    /// <summary>Reads on, or lets items pass from now on, first those that waited.</summary>
    void GoOn(Subscription subscription, LogCursor cursor, Position newest);

    /// <summary>The log does not have what is needed.</summary>
    void Lose(Subscription subscription, LogCursor cursor, ResumeOutcome reason);
}
