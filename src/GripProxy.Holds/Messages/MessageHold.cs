using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Holds.Timing;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Messages;

/// <summary>
/// A client of a message protocol as its channels see it (SIG-01): takes items of any format, and goes by the positions of logs. Guarded by its own lock.
/// </summary>
internal sealed class MessageHold : Hold, IKeptAlive
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, MessageChannel> _known = new(StringComparer.Ordinal);
    private readonly MessageDelivery _delivery;
    private readonly WebSocketActivity _activity;
    private readonly IMessageClient _client;

    public MessageHold(HoldRequest request, IMessageClient client, HoldParts parts)
        : base(request, parts)
    {
        _client = client;
        _activity = new WebSocketActivity(parts.Wheel.Time, Traffic);
        Output = new MessageOutput(request.ConnectionId, client, _activity, parts);
        _delivery = new MessageDelivery(this, parts.Filters);
        Log = new MessageLog(this, _delivery, parts.Log);
    }

    /// <inheritdoc/>
    public override SubscriptionMode Mode => SubscriptionMode.SignalR;

    /// <inheritdoc/>
    public override HeldTransport Transport => HeldTransport.SignalR;

    /// <inheritdoc/>
    public override long QueuedBytes
    {
        get
        {
            lock (_gate)
                return Output.QueuedBytes + _known.Values.Sum(static channel => channel.HeldBack.Bytes);
        }
    }

    /// <summary>The lock. Inside the lock of a shard, never around it.</summary>
    public Lock Gate => _gate;

    /// <summary>What goes to the client.</summary>
    public MessageOutput Output { get; }

    /// <summary>What it has to do with the logs of its channels.</summary>
    public MessageLog Log { get; }

    /// <summary>How messages look on the way to the client.</summary>
    public MessageFraming Framing => _client.Framing;

    /// <summary>What is kept of its channels, by full name; under <see cref="Gate"/>.</summary>
    public Dictionary<string, MessageChannel> Known => _known;

    /// <summary>True if a channel has a log, so that what finds no room can be read later; under <see cref="Gate"/>.</summary>
    public bool HasLog => _known.Values.Any(static channel => channel.Encoding.HasLog);

    /// <inheritdoc/>
    public TimeSpan QuietFor => _activity.QuietFor;

    /// <inheritdoc/>
    public override DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        // GRIP: hint, refresh, ping and pong do nothing (SIG-01).
        if (MessageForm.Of(item) is not { } form)
            return DeliveryOutcome.NoFormat;
        DeliveryOutcome outcome;
        lock (_gate)
        {
            if (!_known.TryGetValue(subscription.Channel, out var channel) || Output.IsEnding)
                return DeliveryOutcome.Dropped(DropReason.ConnectionClosed);
            outcome = Log.Judge(subscription, item, form, subscription.OffsetBefore) ?? Count(channel.IsJoining
                ? HoldBack(subscription, channel, item)
                : _delivery.Pass(subscription, channel, item, form, drains.Forms, drains.NextTimed()));
            if (!Output.HasWork)
                return outcome;
        }

        drains.Add(this);
        return outcome;
    }

    /// <inheritdoc/>
    public override void Update(Subscription subscription, UpdateCause cause, DrainBatch drains)
    {
        lock (_gate)
        {
            // The log says what was missed; without one nobody can (LOG-05).
            if (subscription.Cursor is not { } cursor)
                return;
            Log.ReadOn(subscription, cursor.StartReading());
        }

        drains.Add(this);
    }

    /// <inheritdoc/>
    public override void Drain() => Output.Work();

    /// <inheritdoc/>
    public void SendKeepAlive(ReadOnlyMemory<byte> data)
    {
        if (Output.QueuedBytes > 0)
            return;
        Traffic?.Add(TrafficCount.Activity);
        Output.TryAdd(data);
        Output.Work();
    }

    /// <inheritdoc/>
    public override void End(CloseReason reason)
    {
        if (reason == CloseReason.Client)
            Output.Cut(reason);
        else
            End(reason, reason is CloseReason.Origin or CloseReason.Published ? "" : reason.Word());
    }

    /// <inheritdoc/>
    public override void Close(int code, string reason) => End(CloseReason.Admin, reason);

    /// <inheritdoc/>
    public override CancellationToken GetEndToken() => Output.GetEndToken();

    /// <summary>For a piece of the writer: a filter failed. The item is dropped (DIF-05); debug ends the connection (FLT-07).</summary>
    public void FilterFailed(string error)
    {
        if (Debug)
            End(CloseReason.Error, $"filter error: {error}");
    }

    /// <summary>The client reads too slowly for what came on this channel, and learns it (own-config.md, Overflow). Under <see cref="Gate"/>.</summary>
    public void EndByOverflow(MessageChannel channel) => Output.BeginEnd(
        CloseReason.Overflow, CloseReason.Overflow.Word(), Framing.Encode(new OutcomeMessage(channel.Name, ResumeOutcome.Overflow, Position: null)));

    /// <summary>Puts what the client is to be told about a channel into the queue. Under <see cref="Gate"/>.</summary>
    public void TellOutcome(Subscription subscription, MessageChannel channel)
    {
        if (!Output.TryAdd(channel.TakeOutcome(this, subscription.Cursor?.At)))
            EndByOverflow(channel);
    }

    /// <summary>Lets the items pass that waited for the client to be told how it begins. Under <see cref="Gate"/>; the caller drains.</summary>
    public void Release(MessageChannel channel)
    {
        channel.IsJoining = false;
        foreach (var (subscription, item) in channel.HeldBack.TakeAll())
            NoteLate(item, _delivery.Pass(subscription, channel, item, MessageForm.Of(item)!.Value, forms: null, publishedAt: 0)); // Only such items wait.
    }

    /// <summary>Takes an item that waited for the end of reading. Under <see cref="Gate"/>; the writer is at work.</summary>
    public void PassBeside(Subscription subscription, Item item)
    {
        if (MessageForm.Of(item) is { } form && _known.TryGetValue(subscription.Channel, out var channel))
            NoteLate(item, _delivery.Pass(subscription, channel, item, form, forms: null, publishedAt: 0));
    }

    /// <summary>An item of the log is about to be written. Under <see cref="Gate"/>.</summary>
    public void NoteReplayed() => CountReplayed();

    private void End(CloseReason reason, string text)
    {
        Output.BeginEnd(reason, text);
        Output.Work();
    }

    private DeliveryOutcome HoldBack(Subscription subscription, MessageChannel channel, Item item)
    {
        var result = channel.HeldBack.Add(subscription, item);
        CountDropped(DropReason.NotJoined, channel.HeldBack.TakePushedOut());
        if (result == EnqueueResult.Overflow)
            EndByOverflow(channel);
        return result == EnqueueResult.Waiting ? DeliveryOutcome.Queued : DeliveryOutcome.Dropped(DropReason.NotJoined);
    }
}
