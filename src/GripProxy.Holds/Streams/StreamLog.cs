using System.Buffers;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Holds.Resuming;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Streams;

/// <summary>
/// What a stream has to do with the logs of its channels: it reads what the client missed, and writes where the client stands (LOG-04, LOG-06). Guarded by
/// the hold's lock; the places are the writer's.
/// </summary>
internal sealed partial class StreamLog(StreamHold hold, IChannelLog log) : LogReader(log)
{
    // Names the form of an item as a chunk.
    private static readonly object ChunkForm = new();

    // Pages of a log always find room: one stands there at a time for each channel.
    private static readonly ChannelRule Unbounded = new("*", OverflowPolicy.DropNewest, int.MaxValue);

    private EventPlaces? _places;

    /// <inheritdoc/>
    protected override Lock Gate => hold.Gate;

    /// <inheritdoc/>
    protected override bool IsEnding => hold.IsEnding;

    /// <summary>Lets the events say where the client stands; gives the first one. For the owner of the writer.</summary>
    public byte[] Open(ResumePlan plan)
    {
        _places = new EventPlaces();
        foreach (var channel in plan.EventChannels!) // Asked only where there are some.
        {
            // An id that leaves out a channel would let its client miss something there (LOG-04).
            if (plan.Places.TryGetValue(channel, out var place) && (place.Position is not null || plan.EventChannels.Count == 1))
                _places.Add(channel, place.Position);
        }

        return EventIds.WriteOpening(_places.Id, plan.Outcome);
    }

    /// <inheritdoc/>
    public override void ReadOn(Subscription subscription, LogCursor cursor)
    {
        if (hold.Backlog.Enqueue(default, Unbounded, new ReplayPiece(this, subscription, cursor)) == EnqueueResult.StartWriter)
            hold.DrainLater();
    }

    /// <summary>As <see cref="LogReader.Judge"/>, for an item that has this format.</summary>
    public DeliveryOutcome? Judge(Subscription subscription, Item item) => Judge(
        subscription, item, fillsGaps: hold.IsHeld, mustWait: !hold.IsHeld, isSent: item.HttpStream!.Action == ItemAction.Send, subscription.OffsetBefore);

    /// <summary>Lets the hold read on all channels where it may have missed something. Under the hold's lock.</summary>
    public void ReadAll()
    {
        foreach (var channel in hold.Channels)
        {
            // While the log cannot be asked, who stands nowhere begins with what comes (LOG-05), if ids can say so from then on.
            if (channel.Subscription.Cursor is not { } cursor || (cursor.IsPlaceless && _places?.Has(channel.Subscription.Channel) == true))
                continue;
            cursor.StartReading();
            ReadOn(channel.Subscription, cursor);
        }
    }

    /// <summary>True if the bytes of an item are this client's alone, and are made when it is written.</summary>
    public bool IsLate(Item item) => _places is { AreMany: true } && item.Position is not null && _places.Has(item.Channel);

    /// <summary>The bytes of an item, shared with other streams.</summary>
    public ReadOnlyMemory<byte> Render(Item item, SharedForms forms)
    {
        if (_places is null || item.Position is null || !_places.Has(item.Channel))
        {
            return hold.WritesChunks
                ? forms.Get(item, ChunkForm, static (item, _) => Chunk.Of(item.HttpStream!.Content)) // Only items with this format come here.
                : item.HttpStream!.Content;
        }

        return hold.WritesChunks
            ? forms.Get(item, EventForm.Chunk, static (item, _) => Chunk.Of(EventForm.Write(item)))
            : forms.Get(item, EventForm.Plain, static (item, _) => EventForm.Write(item));
    }

    /// <summary>For the writer: the bytes of content for this client.</summary>
    public ReadOnlyMemory<byte> Frame(Item item, ReadOnlyMemory<byte> content)
    {
        if (!content.IsEmpty && item.Position is { } position && _places?.Advance(item.Channel, position) is { } id)
            content = EventText.WithId(content, id);
        return hold.WritesChunks ? Chunk.Of(content) : content;
    }

    /// <inheritdoc/>
    public override void Open(Subscription subscription, LogCursor cursor, IBufferWriter<byte> output)
    {
        // The client was told before (LOG-04).
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> ReplayAsync(Subscription subscription, LogCursor cursor, Item item, IBufferWriter<byte> output)
    {
        if (cursor.IsCutOff(item, subscription.PrevId))
        {
            Lose(subscription, cursor, ResumeOutcome.Expired);
            return false;
        }

        FilteredPiece? late;
        bool isFor;
        lock (hold.Gate)
        {
            if (!IsAt(subscription, cursor))
                return false;

            isFor = !cursor.IsKnown(item, subscription.PrevId) && item.HttpStream is { } format && subscription.Filters?.FindDrop(hold.Subject!, item.Meta) is null && // Where filters are, there is a subject.
                ContentFilterList.Fits(subscription.Filters, format.ContentFilters);
            late = isFor ? hold.Delivery.MakeLate(subscription, item) : null;
            MoveOver(subscription, cursor, item);
            if (isFor)
                hold.NoteReplayed(subscription);
        }

        if (isFor)
            output.Write((late is null ? Frame(item, item.HttpStream!.Content) : await late.MakeAsync()).Span);
        return true;
    }

    /// <summary>The log does not have what a stream needs.</summary>
    public static void LogLost(ILogger logger, string connection, string channel, ResumeOutcome reason) => LogText.Lost(logger, connection, channel, reason.Word());

    /// <inheritdoc/>
    protected override void PassBeside(Subscription subscription, Item item) => hold.PassBeside(subscription, item);

    /// <inheritdoc/>
    protected override void LoseTrack(Subscription subscription, LogCursor cursor, ResumeOutcome reason)
    {
        subscription.Cursor = cursor.IsLasting ? LogCursor.Now(isLasting: true) : null;
        hold.LoseTrack(subscription, reason);
    }

    /// <inheritdoc/>
    protected override void Settle() => hold.CutIfDue();

    private static partial class LogText
    {
        [LoggerMessage(3020, LogLevel.Debug, "{ConnectionId}: cannot go on from the log of {Channel}: {Reason}", EventName = "StreamLostTrack")]
        public static partial void Lost(ILogger logger, string connectionId, string channel, string reason);
    }

    /// <summary>An item as an event with its position, the same for all streams with one logged channel.</summary>
    private static class EventForm
    {
        public static readonly object Chunk = new();
        public static readonly object Plain = new();

        public static ReadOnlyMemory<byte> Write(Item item) => EventText.WithId(item.HttpStream!.Content, item.Position!.Value.ToString()); // Asked only for those.
    }
}
