using System.Buffers;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Resuming;

/// <summary>
/// How a hold with a queue goes by the logs of its channels: what it reads, what passes, and what is missing (LOG-02, LOG-06). Its transport says only what
/// it writes and what becomes of a client whose place is lost. Guarded by the hold's lock; a <see cref="ReplayPiece"/> calls it outside all locks.
/// </summary>
internal abstract class LogReader(IChannelLog log)
{
    /// <summary>The log.</summary>
    public IChannelLog Log => log;

    /// <summary>The hold's lock.</summary>
    protected abstract Lock Gate { get; }

    /// <summary>True once nothing is read any more. Under the lock.</summary>
    protected abstract bool IsEnding { get; }

    /// <summary>Reads the log when the writer comes to it. Under the hold's lock; the hold starts the writer afterwards.</summary>
    public abstract void ReadOn(Subscription subscription, LogCursor cursor);

    /// <summary>An item found no room: true if it is read from the log when its turn comes. Under the hold's lock.</summary>
    /// <param name="subscription">Where it came from.</param>
    /// <param name="item">The item.</param>
    /// <param name="prevId">What the client has seen before it, or null.</param>
    public bool TryLeave(Subscription subscription, Item item, string? prevId)
    {
        if (item.Position is not { } position || !subscription.Rule.HasLog || (subscription.Cursor is null && prevId is null))
            return false;
        var cursor = subscription.Cursor ??= LogCursor.After(prevId!, fillsGap: true); // One of the two is there.
        if (cursor.AfterId is null)
            cursor.MoveTo(position with { Offset = position.Offset - 1 });
        cursor.StartReading();
        cursor.Judge(item, isSent: true, before: 0);
        ReadOn(subscription, cursor);
        return true;
    }

    /// <summary>True if this cursor is still what the subscription reads with.</summary>
    public bool IsReading(Subscription subscription, LogCursor cursor)
    {
        lock (Gate)
            return IsAt(subscription, cursor);
    }

    /// <summary>Where the cursor stands: it begins at <paramref name="found"/>, unless items were offered before.</summary>
    public Position Begin(LogCursor cursor, LogPlace found)
    {
        lock (Gate)
        {
            if (cursor.At is null)
                cursor.MoveTo(found);
            return cursor.At!.Value; // Set just now, if not before.
        }
    }

    /// <summary>The log has what follows: the client is told what it does not know yet.</summary>
    public abstract void Open(Subscription subscription, LogCursor cursor, IBufferWriter<byte> output);

    /// <summary>Puts an item of the log into the output, if it is for this client. False: the reading ends here, for a reason of the hold's.</summary>
    public abstract ValueTask<bool> ReplayAsync(Subscription subscription, LogCursor cursor, Item item, IBufferWriter<byte> output);

    /// <summary>Reads on, or lets items pass from now on, first those that waited.</summary>
    public void GoOn(Subscription subscription, LogCursor cursor, Position newest)
    {
        lock (Gate)
        {
            if (!IsAt(subscription, cursor))
                return;
            if (cursor.TryEndReading(newest))
                EndReading(subscription, cursor);
            else
                ReadOn(subscription, cursor);
        }

        Settle();
    }

    /// <summary>The log does not have what is needed.</summary>
    public void Lose(Subscription subscription, LogCursor cursor, ResumeOutcome reason)
    {
        lock (Gate)
        {
            if (!IsAt(subscription, cursor))
                return;
            // Who wanted the latest item only has lost nothing.
            if (cursor.FromLatest)
                EndReading(subscription, cursor);
            else
                LoseTrack(subscription, cursor, reason);
        }

        Settle();
    }

    /// <summary>
    /// What becomes of an item that does not simply pass: it is left to the log, or shows that something is missing that the log has. Null: it passes.
    /// Under the hold's lock, and that of the shard.
    /// </summary>
    /// <param name="subscription">Where it comes from.</param>
    /// <param name="item">The item.</param>
    /// <param name="fillsGaps">True: what is missing before it is looked for in the log.</param>
    /// <param name="mustWait">True: nothing passes now, so it is read when something does.</param>
    /// <param name="isSent">True if its format sends something.</param>
    /// <param name="before">As <see cref="Subscription.OffsetBefore"/>; means nothing while the log is read.</param>
    protected DeliveryOutcome? Judge(Subscription subscription, Item item, bool fillsGaps, bool mustWait, bool isSent, long before)
    {
        if (subscription.Cursor is null)
        {
            if (!fillsGaps || subscription.PrevId is not { } prevId || prevId == item.PrevId || item.Position is null || !subscription.Rule.HasLog)
                return null;
            subscription.Cursor = LogCursor.After(prevId, fillsGap: true);
            ReadOn(subscription, subscription.Cursor);
        }

        var cursor = subscription.Cursor;
        if (mustWait)
            cursor.StartReading();
        switch (cursor.Judge(item, isSent, before))
        {
            case CursorVerdict.Pass:
                return null;
            case CursorVerdict.Gap:
                ReadOn(subscription, cursor);
                break;
            case CursorVerdict.Overflow:
                LoseTrack(subscription, cursor, ResumeOutcome.Overflow);
                break;
        }

        return DeliveryOutcome.Queued;
    }

    /// <summary>True if nothing has ended or replaced this cursor. Under the lock.</summary>
    protected bool IsAt(Subscription subscription, LogCursor cursor) => !IsEnding && subscription.Cursor == cursor;

    /// <summary>Passes over an item of the log, whether or not it is for this client. Under the lock.</summary>
    protected static void MoveOver(Subscription subscription, LogCursor cursor, Item item)
    {
        cursor.MoveTo(item.Position!.Value); // Items of a log have one.
        if (subscription.PrevId is not null)
            subscription.PrevId = item.Id;
    }

    /// <summary>Lets the items pass that waited for the end of reading.</summary>
    protected void PassBesides(Subscription subscription, LogCursor cursor)
    {
        foreach (var item in cursor.TakeBesides())
            PassBeside(subscription, item);
    }

    /// <summary>Takes an item that waited for the end of reading. Under the lock.</summary>
    protected abstract void PassBeside(Subscription subscription, Item item);

    /// <summary>The client's place is lost: what follows from that. Under the lock.</summary>
    protected abstract void LoseTrack(Subscription subscription, LogCursor cursor, ResumeOutcome reason);

    /// <summary>Does what has become due under the lock and has no place there.</summary>
    protected abstract void Settle();

    private void EndReading(Subscription subscription, LogCursor cursor)
    {
        if (!cursor.IsLasting)
            subscription.Cursor = null;
        PassBesides(subscription, cursor);
    }
}
