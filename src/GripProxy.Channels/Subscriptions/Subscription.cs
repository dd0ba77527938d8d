using GripProxy.Channels.Connections;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Pacing;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Filters;

namespace GripProxy.Channels.Subscriptions;

/// <summary>
/// One hold on one channel. Its place is guarded by the lock of the channel's shard; what the hold has seen is the hold's own affair.
/// </summary>
public sealed class Subscription
{
    internal Subscription(ChannelState state, IOutbound outbound, SubscriptionMode mode, string? prevId, FilterChain? filters, LogCursor? cursor)
    {
        State = state;
        Outbound = outbound;
        Transport = outbound.Transport;
        Traffic = outbound.Traffic;
        Mode = mode;
        PrevId = prevId;
        Filters = filters;
        Cursor = cursor;
        CarriesPosition = cursor is { IsLasting: true };
    }

    /// <summary>Full channel name, route prefix included.</summary>
    public string Channel => State.Name;

    /// <summary>The hold.</summary>
    public IOutbound Outbound { get; }

    /// <summary>Kind of the hold.</summary>
    public SubscriptionMode Mode { get; }

    /// <summary>Id of the last item that the hold has seen, or null: the subscription takes everything (HTTP-35). Guarded by the hold's lock.</summary>
    public string? PrevId { get; set; }

    /// <summary>Filters of the subscription, or null: there are none, and nothing is done about them (FLT-01). Guarded by the hold's lock.</summary>
    public FilterChain? Filters { get; set; }

    /// <summary>True once an item came since the hold last reset it, for the next link's timeout. Guarded by the hold's lock.</summary>
    public bool WasActive { get; set; }

    /// <summary>Where it stands in the log, or null: items simply come (LOG-02). Guarded by the hold's lock.</summary>
    public LogCursor? Cursor { get; set; }

    /// <summary>
    /// Offset of the item that was offered to this kind of hold before the one that is being offered. For <see cref="IOutbound.Offer"/> only: under the
    /// shard lock.
    /// </summary>
    public long OffsetBefore => State.OffsetBefore(Mode);

    /// <summary>
    /// True: its client may go on elsewhere by position, so it gets an item only once that stands in the log (LOG-11). Set by the hold before items pass.
    /// </summary>
    public bool CarriesPosition { get; set; }

    /// <summary>Bounds of the queue for items of this channel.</summary>
    public Delivery.ChannelRule Rule => State.Rule;

    internal ChannelState State { get; }

    // Copies: the fan-out looks at them for every delivery.
    internal HeldTransport Transport { get; }

    internal RouteTraffic? Traffic { get; }

    /// <summary>
    /// True if the channel remembers another last id than <see cref="PrevId"/>; it forgets it then, so that one conflict leads to one fetch
    /// (HTTP-35). Takes the shard lock.
    /// </summary>
    public bool IsBehind() => IsBehind(this, static subscription => subscription.PrevId);

    /// <summary>As <see cref="IsBehind()"/>, for a hold that has seen more than <see cref="PrevId"/> says.</summary>
    /// <param name="hold">Given to <paramref name="seen"/>.</param>
    /// <param name="seen">Gives the id of the last item that was offered, or null: the subscription takes everything. Called under the shard lock.</param>
    public bool IsBehind<T>(T hold, Func<T, string?> seen)
    {
        lock (State.Shard.Gate)
            return seen(hold) is { } id && State.IsBehind(id);
    }

    /// <summary>Makes the channel forget its last id, so that a conflict is found once (HTTP-35). For <see cref="IOutbound.Offer"/> only: under the shard lock.</summary>
    public void ForgetLastId() => State.LastId = null;

    /// <summary>Place in the channel's list, or -1 once it has left.</summary>
    internal int Index { get; set; } = -1;

    /// <summary>Its part in what waits because of <c>message_rate</c>, or null: nothing ever waited.</summary>
    internal PacedShare? Paced { get; set; }
}
