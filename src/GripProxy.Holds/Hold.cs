using System.Collections.Frozen;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds;

/// <summary>One held client request, whatever its transport. What changes is guarded by the lock of the derived class.</summary>
internal abstract class Hold(HoldRequest request) : IOutbound
{
    /// <summary>The request and its instruct.</summary>
    public HoldRequest Request { get; } = request;

    /// <summary>Its kind.</summary>
    public abstract SubscriptionMode Mode { get; }

    /// <inheritdoc/>
    public string ConnectionId => Request.ConnectionId;

    /// <inheritdoc/>
    public string? RouteId => Request.RouteId;

    /// <summary>Its places. Set by whoever joins, while the hold lets nothing pass.</summary>
    public IReadOnlyList<HeldChannel> Channels { get; set; } = [];

    /// <summary>What filters see of the hold; null while no subscription has any. Set together with <see cref="Channels"/>.</summary>
    public FilterSubject? Subject { get; set; }

    /// <summary>Where the hold stands: the URI of the instruct that is in force. Changes while the hold lets nothing pass.</summary>
    public Uri? CurrentUri { get; set; } = request.LinkBase;

    /// <inheritdoc/>
    public abstract DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains);

    /// <inheritdoc/>
    public abstract void Update(Subscription subscription, UpdateCause cause, DrainBatch drains);

    /// <inheritdoc/>
    public abstract void Drain();

    /// <summary>Ends the hold; the first reason counts.</summary>
    public abstract void End(CloseReason reason);

    /// <summary>As <see cref="End(CloseReason)"/>; a WebSocket tells its client so.</summary>
    public virtual void End(CloseReason reason, WebSocketClose close) => End(reason);

    /// <summary>Asks the origin at once, where the hold is a WebSocket (WOH-15). False: it is none.</summary>
    public virtual bool Refresh() => false;

    /// <summary>Fires when nothing can reach the client any more, for what waits for the origin on its behalf.</summary>
    public abstract CancellationToken GetEndToken();

    /// <summary>True if one of its channels has gone on since the origin answered; asked once per join, because the channel forgets it (HTTP-35).</summary>
    public bool IsBehind()
    {
        var behind = false;
        foreach (var channel in Channels)
            behind |= channel.Subscription.IsBehind();
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

    /// <summary>What the filters of a subscription get with an item (FLT-02). Under the hold's lock, before the item moves the prev-id on.</summary>
    protected FilterInput FilterInputOf(FilterChain chain, Item item) =>
        new(Subject!, item.Meta, chain.NeedsPrevIds ? PrevIds() : FrozenDictionary<string, string>.Empty); // Where a chain is, there is a subject.

    private Dictionary<string, string> PrevIds()
    {
        var prevIds = new Dictionary<string, string>(Channels.Count, StringComparer.Ordinal);
        foreach (var channel in Channels)
        {
            if (channel.Subscription.PrevId is { } id)
                prevIds[channel.Name] = id;
        }

        return prevIds;
    }
}
