using System.Buffers;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Holds.Filters;
using GripProxy.Holds.Resuming;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.WebSockets;

/// <summary>What a WebSocket has to do with the logs of its channels: it reads what the client missed (LOG-08). Guarded by the hold's lock.</summary>
internal sealed class WebSocketLog(WebSocketHold hold, IChannelLog log, MessageFilters filters) : LogReader(log)
{
    /// <inheritdoc/>
    protected override Lock Gate => hold.Gate;

    /// <summary>Never: what is written after the end goes nowhere.</summary>
    protected override bool IsEnding => false;

    /// <summary>As <see cref="LogReader.Judge"/>, for an item that has this format.</summary>
    /// <param name="subscription">Where it comes from.</param>
    /// <param name="channel">What is kept of the channel, or null: it is an ordinary one.</param>
    /// <param name="item">The item.</param>
    /// <param name="before">As <see cref="Subscription.OffsetBefore"/>; means nothing while the log is read.</param>
    public DeliveryOutcome? Judge(Subscription subscription, TrackedChannel? channel, Item item, long before) => Judge(
        subscription, item, fillsGaps: channel is { IsReliable: true }, mustWait: false, isSent: item.WebSocketMessage!.Action == ItemAction.Send, before);

    /// <inheritdoc/>
    public override void ReadOn(Subscription subscription, LogCursor cursor) => hold.Output.AddAlways(new ReplayPiece(this, subscription, cursor));

    /// <inheritdoc/>
    public override void Open(Subscription subscription, LogCursor cursor, IBufferWriter<byte> output)
    {
        lock (hold.Gate)
        {
            if (subscription.Cursor == cursor && hold.Tracked.Find(subscription.Channel) is { } channel)
                output.Write(channel.TakeOpening(hold, cursor.At).Span);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> ReplayAsync(Subscription subscription, LogCursor cursor, Item item, IBufferWriter<byte> output)
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
            if (!IsAt(subscription, cursor))
                return false;
            channel = hold.Tracked.Find(subscription.Channel);
            isFor = !cursor.IsKnown(item, subscription.PrevId) && item.WebSocketMessage is { } format && subscription.Filters?.FindDrop(hold.Subject!, item.Meta) is null && // Where filters are, there is a subject.
                ContentFilterList.Fits(subscription.Filters, format.ContentFilters);
            late = isFor && subscription.Filters is { Rest.Count: > 0 } chain
                ? new LateMessage(hold, subscription, channel, item, hold.FilterInputOf(chain, item), filters)
                : null;
            MoveOver(subscription, cursor, item);
            if (isFor)
                hold.NoteReplayed();
        }

        if (isFor)
            output.Write((late is null ? hold.Encoding.Encode(item, channel?.Envelope, forms: null) : await late.MakeAsync()).Span);
        return true;
    }

    /// <inheritdoc/>
    protected override void PassBeside(Subscription subscription, Item item) => hold.PassBeside(subscription, item);

    /// <inheritdoc/>
    protected override void Settle() => hold.Drain();

    /// <summary>The origin is asked, once; after that, and where nobody asked to miss nothing, the client starts now (LOG-05).</summary>
    protected override void LoseTrack(Subscription subscription, LogCursor cursor, ResumeOutcome reason)
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
        PassBesides(subscription, cursor);
    }
}
