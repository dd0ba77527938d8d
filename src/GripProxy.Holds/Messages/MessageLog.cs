using System.Buffers;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Holds.Resuming;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Messages;

/// <summary>
/// What a client of a message protocol has to do with the logs of its channels (LOG-09): it is told how it begins, and reads what it missed. Guarded by
/// the hold's lock.
/// </summary>
internal sealed class MessageLog(MessageHold hold, MessageDelivery delivery, IChannelLog log) : LogReader(log)
{
    /// <inheritdoc/>
    protected override Lock Gate => hold.Gate;

    /// <summary>Never: what is written after the end goes nowhere.</summary>
    protected override bool IsEnding => false;

    /// <summary>As <see cref="LogReader.Judge"/>, for an item that has a form.</summary>
    public DeliveryOutcome? Judge(Subscription subscription, Item item, MessageForm form, long before) =>
        Judge(subscription, item, fillsGaps: false, mustWait: false, isSent: form.Action == ItemAction.Send, before);

    /// <inheritdoc/>
    public override void ReadOn(Subscription subscription, LogCursor cursor) => hold.Output.AddAlways(new ReplayPiece(this, subscription, cursor));

    /// <inheritdoc/>
    public override void Open(Subscription subscription, LogCursor cursor, IBufferWriter<byte> output)
    {
        lock (hold.Gate)
        {
            if (subscription.Cursor == cursor && hold.Known.TryGetValue(subscription.Channel, out var channel))
                output.Write(channel.TakeOutcome(hold, cursor.At).Span);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> ReplayAsync(Subscription subscription, LogCursor cursor, Item item, IBufferWriter<byte> output)
    {
        LateItem? late = null;
        MessageChannel? channel;
        MessageForm? form;
        lock (hold.Gate)
        {
            if (!IsAt(subscription, cursor) || !hold.Known.TryGetValue(subscription.Channel, out channel))
                return false;
            form = MessageForm.Of(item);
            if (form is { } sent && subscription.Filters?.FindDrop(hold.Subject!, item.Meta) is null && delivery.Fits(subscription, sent)) // Where filters are, there is a subject.
            {
                late = delivery.MakeLate(subscription, channel, item, sent);
                hold.NoteReplayed();
            }
            else
            {
                form = null;
            }

            MoveOver(subscription, cursor, item);
        }

        if (form is { } made)
            output.Write((late is null ? channel.Encoding.Encode(item, made, forms: null) : await late.MakeAsync()).Span);
        return true;
    }

    /// <inheritdoc/>
    protected override void PassBeside(Subscription subscription, Item item)
    {
        TellWhatIsOwed(subscription);
        hold.PassBeside(subscription, item);
    }

    /// <summary>What could not be told by reading, because the newest item was asked for and the log is away.</summary>
    protected override void Settle()
    {
        lock (hold.Gate)
        {
            foreach (var held in hold.Channels)
            {
                if (held.Subscription.Cursor is not { IsReading: true })
                    TellWhatIsOwed(held.Subscription);
            }
        }

        hold.Drain();
    }

    /// <summary>The client starts now, and knows it (LOG-05): nobody is asked for it.</summary>
    protected override void LoseTrack(Subscription subscription, LogCursor cursor, ResumeOutcome reason)
    {
        if (hold.Known.TryGetValue(subscription.Channel, out var channel))
            channel.Owe(reason);
        subscription.Cursor = null;
        if (cursor.IsLasting)
            subscription.Cursor = reason == ResumeOutcome.Unavailable ? LogCursor.FromFirst() : LogCursor.Now(isLasting: true);
        if (subscription.Cursor is { IsReading: true } now)
            ReadOn(subscription, now);
        PassBesides(subscription, cursor);
    }

    private void TellWhatIsOwed(Subscription subscription)
    {
        if (hold.Known.TryGetValue(subscription.Channel, out var channel) && !channel.IsJoining)
            hold.TellOutcome(subscription, channel);
    }
}
