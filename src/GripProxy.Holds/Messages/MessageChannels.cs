using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Messages;

/// <summary>
/// The channels of one client and what filters know of it. One change at a time, which is the caller's affair; what others see is changed under the
/// hold's lock.
/// </summary>
internal sealed class MessageChannels(MessageHold hold, JoinSequence join)
{
    private const int MaxFilters = 5;
    private const int MaxMeta = 256;

    private bool _isOver;

    /// <summary>Joins a channel, or begins anew on one that is there. Ends when nothing can be published past the client any more (LOG-11).</summary>
    /// <param name="name">Name without route prefix.</param>
    /// <param name="filters">Names of filters.</param>
    /// <param name="position">Where the client stands, as it says, or null.</param>
    public ValueTask<SubscribeRefusal> SubscribeAsync(string name, IReadOnlyList<string> filters, string? position) =>
        SubscribeAsync(name, hold.ChannelPrefix + name, filters, position);

    /// <summary>The same for a channel whose full name is not made of its name.</summary>
    public async ValueTask<SubscribeRefusal> SubscribeAsync(string name, string fullName, IReadOnlyList<string> filters, string? position)
    {
        var held = hold.FindChannel(fullName);
        if (held is null && !join.HasRoom(hold))
            return SubscribeRefusal.TooMany;
        if (filters.Count > MaxFilters)
            return SubscribeRefusal.NotAllowed;
        var rule = join.RuleOf(fullName);
        var cursor = MakeCursor(rule, position, out var outcome);
        var channel = Begin(name, fullName, rule, outcome);
        if ((held is null ? Join(new ChannelInstruct(name, PrevId: null, filters), fullName, cursor) : Renew(held.Value.Subscription, filters, cursor)) is not { } subscription)
            return SubscribeRefusal.None;
        await join.SettleAsync(fullName);
        lock (hold.Gate)
        {
            if (subscription.Cursor is { } reading)
                hold.Log.ReadOn(subscription, reading);
            else
                hold.TellOutcome(subscription, channel);
            hold.Release(channel);
        }

        hold.Drain();
        return SubscribeRefusal.None;
    }

    /// <summary>True if the client has this channel, or may have one more; where it may not, that is counted as a refusal.</summary>
    public bool HasRoomFor(string name) => hold.FindChannel(hold.ChannelPrefix + name) is not null || join.HasRoom(hold);

    /// <summary>Leaves a channel, unless it is not there or comes from the route.</summary>
    public void Unsubscribe(string name)
    {
        var fullName = hold.ChannelPrefix + name;
        if (hold.FindChannel(fullName) is not { } held || hold.ImplicitChannels.Contains(fullName))
            return;
        join.Leave(held);
        lock (hold.Gate)
        {
            hold.Channels = [.. hold.Channels.Where(channel => channel != held)];
            hold.Known.Remove(fullName);
            hold.RefreshSubject();
        }
    }

    /// <summary>Sets or removes a value for filters; a name is ignored if there are very many.</summary>
    public void SetMeta(string name, string? value)
    {
        if (value is not null && hold.Meta.Count >= MaxMeta && !hold.Meta.ContainsKey(name))
            return;
        // Filters may be looking at the old values.
        var meta = new Dictionary<string, string>(hold.Meta, StringComparer.Ordinal);
        if (value is null)
            meta.Remove(name);
        else
            meta[name] = value;
        lock (hold.Gate)
        {
            hold.Meta = meta;
            hold.RefreshSubject();
        }
    }

    /// <summary>Gives all places back, now and from now on.</summary>
    public void LeaveAll()
    {
        lock (hold.Gate)
            _isOver = true;
        join.Leave(hold);
    }

    /// <summary>Where the client begins in the log, or null: it simply takes what comes.</summary>
    private static LogCursor? MakeCursor(ChannelRule rule, string? position, out ResumeOutcome? outcome)
    {
        outcome = null;
        if (position is not null)
        {
            outcome = rule.HasLog ? ResumeOutcome.Unknown : ResumeOutcome.NoLog;
            if (rule.HasLog && Position.TryParse(position, out var place))
            {
                outcome = ResumeOutcome.Resumed;
                return LogCursor.After(place, isLasting: true);
            }
        }

        if (rule.Latest && position is null)
            return LogCursor.Latest(isLasting: rule.HasLog);
        return rule.HasLog ? LogCursor.Now(isLasting: true) : null;
    }

    private MessageChannel Begin(string name, string fullName, ChannelRule rule, ResumeOutcome? outcome)
    {
        lock (hold.Gate)
        {
            if (!hold.Known.TryGetValue(fullName, out var channel))
            {
                channel = new MessageChannel(name, new ItemEncoding(hold.Framing, name, rule.HasLog));
                hold.Known.Add(fullName, channel);
            }

            channel.Owe(outcome);
            channel.IsJoining = true;
            return channel;
        }
    }

    /// <summary>Null: the client has left meanwhile.</summary>
    private Subscription? Join(ChannelInstruct channel, string fullName, LogCursor? cursor)
    {
        // Items may come before the place is known here: their filters see the channel already.
        lock (hold.Gate)
            hold.RefreshSubject(channel.Name, hasFilters: channel.Filters.Count > 0);
        var held = join.Reserve(hold, channel, fullName, cursor);
        lock (hold.Gate)
        {
            if (!_isOver)
            {
                hold.Channels = [.. hold.Channels, held];
                hold.RefreshSubject();
                return held.Subscription;
            }
        }

        join.Leave(held);
        return null;
    }

    private Subscription Renew(Subscription subscription, IReadOnlyList<string> filters, LogCursor? cursor)
    {
        lock (hold.Gate)
        {
            subscription.Cursor = cursor;
            subscription.CarriesPosition = cursor is { IsLasting: true };
            subscription.Filters = join.FiltersOf(filters);
            hold.RefreshSubject();
        }

        return subscription;
    }
}
