using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.WebSockets.Controls;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// The channels of one WebSocket and what filters know of it, as its origin changes them (WS-12a, b, g). Owned by the reader of the origin; what
/// others see is changed under the hold's lock.
/// </summary>
internal sealed partial class WebSocketChannels(WebSocketHold hold, JoinSequence join, WebSocketFraming framing, ILogger logger)
{
    private const int MaxFilters = 5;
    private const string Now = "now";

    // As many as the meta of a connection over HTTP; nobody reads more, and an origin that goes on is no reason to keep memory.
    private const int MaxMeta = 256;

    private readonly List<string> _unsettled = [];

    /// <summary>Ends when no node can publish past what was subscribed since the last call (LOG-11).</summary>
    public async ValueTask SettleAsync()
    {
        foreach (var name in _unsettled)
            await join.SettleAsync(name);
        _unsettled.Clear();
    }

    /// <summary>Joins a channel, or does what is said here to one that is there.</summary>
    public void Subscribe(SubscribeControl control)
    {
        var fullName = hold.ChannelPrefix + control.Channel;
        var held = hold.FindChannel(fullName);
        if (held is null && !join.HasRoom(hold))
        {
            Log.TooMany(logger, hold.ConnectionId, fullName, join.MaxSubscriptions);
            return;
        }

        if (control.Filters.Count > MaxFilters)
        {
            hold.Close(CloseReason.Error, WebSocketCloses.Failed($"too many filters for channel '{control.Channel}'", hold.Debug));
            return;
        }

        if (held is null)
            _unsettled.Add(fullName);
        var tracked = Track(control, fullName);
        var cursor = MakeCursor(control, join.RuleOf(fullName), isNew: held is null);
        var subscription = held is null ? Join(control, fullName, cursor) : Renew(control, held.Value.Subscription, cursor);
        if (tracked is not null)
            Begin(control, subscription, tracked);
        else if (cursor is not null)
            Read(subscription, cursor);
        hold.Drain();
    }

    /// <summary>Leaves a channel, unless it is not there or comes from the route.</summary>
    public void Unsubscribe(UnsubscribeControl control)
    {
        var fullName = hold.ChannelPrefix + control.Channel;
        if (hold.FindChannel(fullName) is not { } held || hold.ImplicitChannels.Contains(fullName))
            return;
        join.Leave(held);
        lock (hold.Gate)
        {
            hold.Channels = [.. hold.Channels.Where(channel => channel != held)];
            if (hold.Tracked.Find(fullName) is { } tracked)
                hold.Tracked.Remove(tracked);
            hold.Output.Writer.KeepsOrder = hold.Tracked.TellOrder;
            hold.RefreshSubject();
        }
    }

    /// <summary>Sets or removes a value for filters; a name is ignored if there are very many.</summary>
    public void SetMeta(SetMetaControl control)
    {
        if (control.Value is not null && hold.Meta.Count >= MaxMeta && !hold.Meta.ContainsKey(control.Name))
        {
            Log.TooMuchMeta(logger, hold.ConnectionId, MaxMeta);
            return;
        }

        // Filters may be looking at the old values.
        var meta = new Dictionary<string, string>(hold.Meta, StringComparer.Ordinal);
        if (control.Value is null)
            meta.Remove(control.Name);
        else
            meta[control.Name] = control.Value;
        lock (hold.Gate)
        {
            hold.Meta = meta;
            hold.RefreshSubject();
        }
    }

    /// <summary>Lets the items of a channel wait that needs, or needed, more than others. Null: it is an ordinary one.</summary>
    private TrackedChannel? Track(SubscribeControl control, string fullName)
    {
        var isReliable = control.PrevId is not null || control.Position is not null;
        lock (hold.Gate)
        {
            var tracked = hold.Tracked.Find(fullName);
            if (tracked is null)
            {
                if (!isReliable && !control.Envelope)
                    return null;
                tracked = new TrackedChannel(control.Channel, fullName);
                hold.Tracked.Add(tracked);
            }

            tracked.IsReliable = isReliable;
            tracked.Envelope = control.Envelope ? new MessageEnvelope(framing, control.Channel, join.RuleOf(fullName).HasLog) : null;
            tracked.IsWaiting = true;
            hold.Output.Writer.KeepsOrder = hold.Tracked.TellOrder;
            return tracked;
        }
    }

    /// <summary>Where the subscription begins in the channel's log, or null: it simply takes what comes.</summary>
    private static LogCursor? MakeCursor(SubscribeControl control, ChannelRule rule, bool isNew)
    {
        var asks = control.Position is not null || control.PrevId is not null;
        if (!rule.HasLog || (!asks && !control.Envelope))
            return isNew && !asks && rule.Latest ? LogCursor.Latest(isLasting: false) : null;
        if (control.Position is { } written)
        {
            if (Position.TryParse(written, out var position))
                return LogCursor.After(position, isLasting: true);
            return LogCursor.Now(isLasting: true);
        }

        if (control.PrevId is { } prevId)
            return LogCursor.After(prevId, fillsGap: false);
        return isNew && rule.Latest ? LogCursor.Latest(isLasting: true) : LogCursor.Now(isLasting: true);
    }

    private void Read(Subscription subscription, LogCursor cursor)
    {
        lock (hold.Gate)
            hold.Log.ReadOn(subscription, cursor);
    }

    private Subscription Join(SubscribeControl control, string fullName, LogCursor? cursor)
    {
        // Items may come before the place is known here: their filters see the channel already.
        lock (hold.Gate)
            hold.RefreshSubject(control.Channel, hasFilters: control.Filters.Count > 0);
        var held = join.Reserve(hold, new ChannelInstruct(control.Channel, control.PrevId, control.Filters), fullName, cursor);
        lock (hold.Gate)
        {
            hold.Channels = [.. hold.Channels, held];
            hold.RefreshSubject();
        }

        return held.Subscription;
    }

    private Subscription Renew(SubscribeControl control, Subscription subscription, LogCursor? cursor)
    {
        lock (hold.Gate)
        {
            subscription.PrevId = control.PrevId;
            subscription.Cursor = cursor;
            subscription.CarriesPosition = cursor is { IsLasting: true };
            subscription.Filters = join.FiltersOf(control.Filters);
            hold.RefreshSubject();
        }

        return subscription;
    }

    /// <summary>Lets the items pass that waited, or asks the origin for what is missing before them (LOG-08).</summary>
    private void Begin(SubscribeControl control, Subscription subscription, TrackedChannel tracked)
    {
        var isBehind = subscription.Cursor is null && subscription.IsBehind((hold, tracked, subscription), static seen => seen.hold.LastSeen(seen.subscription, seen.tracked));
        lock (hold.Gate)
        {
            // The origin is asked once about a position: then the client starts with what it said (LOG-05).
            if (isBehind || (FindFault(control, subscription) is not null && tracked.Missed is null))
            {
                var fault = FindFault(control, subscription) ?? ResumeOutcome.NoLog;
                hold.Tracked.Miss(tracked, subscription.PrevId, isBehind ? RecoveryReason.PrevId : fault.ToRecovery(), fault);
                return;
            }

            tracked.Begin(isResumed: control.PrevId is not null || IsPosition(control));
            if (subscription.Cursor is { } cursor)
                hold.Log.ReadOn(subscription, cursor);
            else
                hold.Output.Add(tracked.TakeOpening(hold, at: null));
            hold.Release(tracked);
            if (tracked is { IsReliable: false, Envelope: null })
                hold.Tracked.Remove(tracked);
        }
    }

    /// <summary>Why a position cannot even be looked up, or null.</summary>
    private static ResumeOutcome? FindFault(SubscribeControl control, Subscription subscription)
    {
        if (!IsPosition(control))
            return null;
        if (!subscription.Rule.HasLog)
            return ResumeOutcome.NoLog;
        return Position.TryParse(control.Position, out _) ? null : ResumeOutcome.Unknown;
    }

    private static bool IsPosition(SubscribeControl control) => control.Position is not (null or Now);
}
