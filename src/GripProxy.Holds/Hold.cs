using System.Collections.Frozen;
using System.Net;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Channels.Traffic;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds;

/// <summary>One held client request, whatever its transport. What changes is guarded by the lock of the derived class.</summary>
internal abstract class Hold(HoldRequest request, HoldParts parts) : IOutbound, IHeldConnection
{
    private readonly long _heldSince = parts.Wheel.Time.GetTimestamp();
    private long _delivered;
    private long _dropped;

    // What it has of the request is copied: there may be very many holds, they may last very long, and the rest is needed only at the beginning.

    /// <inheritdoc/>
    public string ConnectionId { get; } = request.ConnectionId;

    /// <inheritdoc cref="HoldRequest.Url"/>
    public string Url { get; } = request.Url;

    /// <inheritdoc/>
    public string? RouteId { get; } = request.RouteId;

    /// <inheritdoc/>
    public IPAddress? Peer { get; } = request.Peer;

    /// <inheritdoc/>
    public RouteTraffic? Traffic { get; } = request.Live?.Route;

    /// <inheritdoc cref="HoldRequest.ChannelPrefix"/>
    public string ChannelPrefix { get; } = request.ChannelPrefix;

    /// <inheritdoc cref="HoldRequest.ImplicitChannels"/>
    public IReadOnlyList<string> ImplicitChannels { get; } = request.ImplicitChannels;

    /// <inheritdoc cref="HoldRequest.Debug"/>
    public bool Debug { get; } = request.Debug;

    /// <inheritdoc cref="HoldRequest.IsRetry"/>
    public bool IsRetry { get; } = request.IsRetry;

    /// <summary>Asks the origin, or null: it is not asked.</summary>
    public IOriginFetcher? Fetcher { get; private set; } = request.Fetcher;

    /// <summary>Its kind.</summary>
    public abstract SubscriptionMode Mode { get; }

    /// <summary>Its places; an array, so that going through them costs nothing, and never changed. Set by whoever joins, while the hold lets nothing pass.</summary>
    public HeldChannel[] Channels { get; set; } = [];

    /// <summary>What filters see of the hold; null while no subscription has any. Set together with <see cref="Channels"/>.</summary>
    public FilterSubject? Subject { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Meta { get; set; } = request.Instruct.Meta;

    /// <summary>Where the hold stands: the URI of the instruct that is in force. Changes while the hold lets nothing pass.</summary>
    public Uri? CurrentUri { get; set; } = request.LinkBase;

    /// <inheritdoc/>
    public abstract HeldTransport Transport { get; }

    /// <inheritdoc/>
    public abstract long QueuedBytes { get; }

    /// <inheritdoc/>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <inheritdoc/>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    public TimeSpan Age => Parts.Wheel.Time.GetElapsedTime(_heldSince);

    string IHeldConnection.Id => ConnectionId;

    string? IHeldConnection.Route => RouteId;

    IReadOnlyList<string> IHeldConnection.ChannelNames => Array.ConvertAll(Channels, static channel => channel.Subscription.Channel);

    /// <summary>The place that it has in the channel of that full name, or null.</summary>
    public HeldChannel? FindChannel(string fullName) => HeldChannel.Find(Channels, fullName);

    /// <summary>Makes <see cref="Subject"/> what filters see from now on. Under the hold's lock.</summary>
    /// <param name="joining">Name of a channel that is being joined, or null.</param>
    /// <param name="hasFilters">True if that one has filters.</param>
    public void RefreshSubject(string? joining = null, bool hasFilters = false)
    {
        foreach (var held in Channels)
            hasFilters |= held.Subscription.Filters is not null;
        Subject = hasFilters ? new FilterSubject(Meta, NamesWith(joining)) : null;
    }

    private string[] NamesWith(string? joining)
    {
        var names = Array.ConvertAll(Channels, static held => held.Name);
        return joining is null ? names : [.. names, joining];
    }

    /// <summary>What all holds share.</summary>
    public HoldParts Parts { get; } = parts;

    /// <inheritdoc/>
    public abstract DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains);

    /// <inheritdoc/>
    public abstract void Update(Subscription subscription, UpdateCause cause, DrainBatch drains);

    /// <inheritdoc/>
    public virtual void Prefetch(int depth)
    {
        // What it needs is not known here.
    }

    /// <inheritdoc/>
    public abstract void Drain();

    /// <summary>Ends the hold; the first reason counts.</summary>
    public abstract void End(CloseReason reason);

    /// <summary>Ends the hold because the process is going down, with time to do so in order: a long-poll has an answer.</summary>
    public virtual void EndInOrder() => End(CloseReason.Drain);

    /// <inheritdoc/>
    public virtual void Close(int code, string reason) => End(CloseReason.Admin);

    /// <inheritdoc/>
    public virtual bool Refresh() => false;

    /// <summary>Fires when nothing can reach the client any more, for what waits for the origin on its behalf.</summary>
    public abstract CancellationToken GetEndToken();

    /// <summary>Forgets the origin: without links and filters nothing will ever ask it.</summary>
    protected void ForgetOrigin() => (Fetcher, CurrentUri) = (null, null);

    /// <summary>True if one of its channels has gone on since the origin answered; asked once per join, because the channel forgets it (HTTP-35).</summary>
    public bool IsBehind()
    {
        var behind = false;
        foreach (var channel in Channels)
        {
            // Who reads the log knows better.
            if (channel.Subscription.Cursor is null)
                behind |= channel.Subscription.IsBehind();
        }

        return behind;
    }

    /// <summary>What the hold has seen on the channels where it tells the order (HTTP-34). Only while it lets nothing pass.</summary>
    public IReadOnlyList<GripLast> LastIds()
    {
        var lastIds = new List<GripLast>();
        foreach (var channel in Channels)
        {
            if (channel.Subscription.PrevId is { } id)
                lastIds.Add(new GripLast(channel.Name, id));
        }

        return lastIds;
    }

    /// <summary>Counts an item that was read from the log.</summary>
    protected void CountReplayed() => Interlocked.Increment(ref _delivered);

    /// <summary>Counts items that are lost to the connection.</summary>
    public void CountDropped(DropReason reason, int count = 1)
    {
        if (count == 0)
            return;
        Parts.Instruments.Dropped(Transport, reason, count);
        Interlocked.Add(ref _dropped, count);
    }

    /// <summary>Counts that the origin is asked for what the client may have missed.</summary>
    public void CountRecovery(RecoveryReason reason) => Parts.Instruments.Recovering(Transport, reason);

    /// <summary>Counts whether the client could go on where it was (LOG-02).</summary>
    public void CountResume(ResumeOutcome outcome) => Parts.Instruments.Resumed(Transport, outcome);

    /// <summary>Counts what is said to a publisher, who counts a loss for all connections. Under the hold's lock.</summary>
    protected DeliveryOutcome Count(DeliveryOutcome outcome)
    {
        if (outcome.Kind == DeliveryKind.Queued)
            _delivered++;
        else if (outcome.Kind == DeliveryKind.Dropped)
            Interlocked.Increment(ref _dropped);
        return outcome;
    }

    /// <summary>An item was said to be queued when it had to wait in the hold; it may have turned out otherwise.</summary>
    protected void NoteLate(Item item, DeliveryOutcome outcome)
    {
        if (outcome.Kind == DeliveryKind.Queued)
            return;
        FollowedItem.TrailOf(item)?.Note(this, outcome);
        if (outcome.Drop is { } reason)
            CountDropped(reason);
    }

    /// <summary>What the filters of a subscription get with an item (FLT-02). Under the hold's lock, before the item moves the prev-id on.</summary>
    public FilterInput FilterInputOf(FilterChain chain, Item item) =>
        new(Subject!, item.Meta, chain.NeedsPrevIds ? PrevIds() : FrozenDictionary<string, string>.Empty); // Where a chain is, there is a subject.

    private Dictionary<string, string> PrevIds()
    {
        var prevIds = new Dictionary<string, string>(Channels.Length, StringComparer.Ordinal);
        foreach (var channel in Channels)
        {
            if (channel.Subscription.PrevId is { } id)
                prevIds[channel.Name] = id;
        }

        return prevIds;
    }
}
