using System.Buffers;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Holds.Filters;
using GripProxy.Holds.Resuming;
using GripProxy.Protocol;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.WebSockets;

/// <summary>What a WebSocket has to do with the logs of its channels: it reads what the client missed (LOG-08). Guarded by the hold's lock.</summary>
internal sealed class WebSocketLog(WebSocketHold hold, IChannelLog log, MessageFilters filters) : ILogReader
{
    /// <inheritdoc/>
    public IChannelLog Log => log;

    /// <summary>
    /// What becomes of an item that does not simply pass: it is left to the log, or shows that something is missing that the log has. Null: it passes.
    /// Under the hold's lock.
    /// </summary>
    /// <param name="subscription">Where it comes from.</param>
    /// <param name="channel">What is kept of the channel, or null: it is an ordinary one.</param>
    /// <param name="item">The item.</param>
    /// <param name="before">As <see cref="Subscription.OffsetBefore"/>; means nothing while the log is read.</param>
    public DeliveryOutcome? Judge(Subscription subscription, TrackedChannel? channel, Item item, long before)
    {
        if (subscription.Cursor is null)
        {
            if (channel is not { IsReliable: true } || subscription.PrevId is not { } prevId || prevId == item.PrevId ||
                item.Position is null || !subscription.Rule.HasLog)
                return null;
            subscription.Cursor = LogCursor.After(prevId, fillsGap: true);
            ReadOn(subscription, subscription.Cursor);
        }

        switch (subscription.Cursor.Judge(item, item.WebSocketMessage!.Action == ItemAction.Send, before)) // Only items with this format come here.
        {
            case CursorVerdict.Pass:
                return null;
            case CursorVerdict.Gap:
                ReadOn(subscription, subscription.Cursor);
                break;
            case CursorVerdict.Overflow:
                LoseTrack(subscription, subscription.Cursor, ResumeOutcome.Overflow);
                break;
        }

        return DeliveryOutcome.Queued;
    }

    /// <summary>An item found no room: true if it is read from the log when its turn comes. Under the hold's lock.</summary>
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

    /// <summary>Reads the log when the writer comes to it. Under the hold's lock; <see cref="WebSocketHold.Drain"/> starts the writer.</summary>
    public void ReadOn(Subscription subscription, LogCursor cursor) => hold.Output.AddAlways(new ReplayPiece(this, subscription, cursor));

    /// <inheritdoc/>
    public bool IsReading(Subscription subscription, LogCursor cursor)
    {
        lock (hold.Gate)
            return subscription.Cursor == cursor;
    }

    /// <inheritdoc/>
    public Position Begin(Subscription subscription, LogCursor cursor, LogPlace found)
    {
        lock (hold.Gate)
        {
            if (cursor.At is null)
                cursor.MoveTo(found);
            return cursor.At!.Value; // Set just now, if not before.
        }
    }

    /// <inheritdoc/>
    public void Open(Subscription subscription, LogCursor cursor, IBufferWriter<byte> output)
    {
        lock (hold.Gate)
        {
            if (subscription.Cursor == cursor && hold.Tracked.Find(subscription.Channel) is { } channel)
                output.Write(channel.TakeOpening(hold, cursor.At).Span);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReplayAsync(Subscription subscription, LogCursor cursor, Item item, IBufferWriter<byte> output)
    {
        if (cursor.IsCutOff(item, subscription.PrevId))
        {
            Lose(subscription, cursor, ResumeOutcome.Expired);
            return false;
        }

        LateMessage? late;
        TrackedChannel? channel;
        bool isFor;
        lock (hold.Gate)
        {
            if (subscription.Cursor != cursor)
                return false;
            channel = hold.Tracked.Find(subscription.Channel);
            isFor = !cursor.IsKnown(item, subscription.PrevId) && item.WebSocketMessage is { } format && subscription.Filters?.FindDrop(hold.Subject!, item.Meta) is null && // Where filters are, there is a subject.
                ContentFilterList.Fits(subscription.Filters, format.ContentFilters);
            late = isFor && subscription.Filters is { Rest.Count: > 0 } chain
                ? new LateMessage(hold, subscription, channel, item, hold.FilterInputOf(chain, item), filters)
                : null;
            cursor.MoveTo(item.Position!.Value); // Items of a log have one.
            if (subscription.PrevId is not null)
                subscription.PrevId = item.Id;
            if (isFor)
                hold.NoteReplayed();
        }

        if (isFor)
            output.Write((late is null ? hold.Encoding.Encode(item, channel?.Envelope, forms: null) : await late.MakeAsync()).Span);
        return true;
    }

    /// <inheritdoc/>
    public void GoOn(Subscription subscription, LogCursor cursor, Position newest)
    {
        lock (hold.Gate)
        {
            if (subscription.Cursor != cursor)
                return;
            if (cursor.TryEndReading(newest))
                EndReading(subscription, cursor);
            else
                ReadOn(subscription, cursor);
        }

        hold.Drain();
    }

    /// <inheritdoc/>
    public void Lose(Subscription subscription, LogCursor cursor, ResumeOutcome reason)
    {
        lock (hold.Gate)
        {
            if (subscription.Cursor != cursor)
                return;
            // Who wanted the latest item only has lost nothing.
            if (cursor.FromLatest)
                EndReading(subscription, cursor);
            else
                LoseTrack(subscription, cursor, reason);
        }

        hold.Drain();
    }

    private void EndReading(Subscription subscription, LogCursor cursor)
    {
        if (!cursor.IsLasting)
            subscription.Cursor = null;
        foreach (var item in cursor.TakeBesides())
            hold.PassBeside(subscription, item);
    }

    /// <summary>The origin is asked, once; after that, and where nobody asked to miss nothing, the client starts now (LOG-05).</summary>
    private void LoseTrack(Subscription subscription, LogCursor cursor, ResumeOutcome reason)
    {
        var channel = hold.Tracked.Find(subscription.Channel);
        var starts = channel is null or { IsReliable: false } or { Missed: not null };
        subscription.Cursor = starts && cursor.IsLasting && reason != ResumeOutcome.Unavailable ? LogCursor.Now(isLasting: true) : null;
        if (channel is not null && starts)
        {
            channel.NotResumed(reason);
            if (subscription.Cursor is null)
                hold.Output.Add(channel.TakeOpening(hold, at: null));
        }

        if (subscription.Cursor is { } now)
            ReadOn(subscription, now);
        if (channel is not null && !starts)
            hold.Tracked.Miss(channel, subscription.PrevId, reason.ToRecovery(), reason);
        foreach (var item in cursor.TakeBesides())
            hold.PassBeside(subscription, item);
    }
}
