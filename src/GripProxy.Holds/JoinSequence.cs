using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Holds.Resuming;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Instructs;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds;

/// <summary>
/// Reserves a hold's places on its channels, the first step of joining (reserve, replay, release), for every transport. From here on items
/// wait in the hold's queue until it releases them, so nothing is missed in between. Thread-safe.
/// </summary>
internal sealed partial class JoinSequence(
    SubscriptionTable table, IBackplane backplane, ResumePlanner planner, HoldsOptions options, DeliveryInstruments instruments, ILogger<JoinSequence> logger)
{
    private readonly FilterChains _filters = new();
    private readonly UnknownNames _unknown = new();

    /// <summary>
    /// Gives the hold the channels that the instruct and the request's target name: places it has already stay, others are left (HTTP-30).
    /// </summary>
    public void Join(Hold hold, Instruct instruct, ResumePlan plan)
    {
        var named = instruct.Channels;
        if (named.Count > options.MaxSubscriptions)
        {
            instruments.TooManyChannels();
            Log.TooManyChannels(logger, hold.Url, named.Count, options.MaxSubscriptions);
        }

        var before = hold.Channels;
        var limit = Math.Min(named.Count, options.MaxSubscriptions);
        var now = new HeldChannel[limit + hold.ImplicitChannels.Count];
        var count = 0;
        for (var i = 0; i < limit; i++)
            JoinOne(hold, named[i], hold.ChannelPrefix + named[i].Name, plan, now, ref count);
        for (var i = 0; i < hold.ImplicitChannels.Count; i++)
            JoinOne(hold, new ChannelInstruct(hold.ImplicitChannels[i], PrevId: null, Filters: []), hold.ImplicitChannels[i], plan, now, ref count);
        hold.Channels = count == now.Length ? now : now[..count];
        hold.Meta = instruct.Meta;
        hold.RefreshSubject();

        foreach (var channel in before)
        {
            if (hold.FindChannel(channel.Subscription.Channel) is null)
                table.Leave(channel.Subscription);
        }
    }

    /// <summary>Ends when no node can publish past the hold any more, so that it may begin (LOG-11). At once where this node is alone.</summary>
    public async ValueTask SettleAsync(Hold hold)
    {
        foreach (var channel in hold.Channels)
            await backplane.JoinAsync(channel.Subscription.Channel);
    }

    /// <summary>The same for one channel.</summary>
    public ValueTask SettleAsync(string fullName) => backplane.JoinAsync(fullName);

    /// <summary>Says where a hold begins on its channels, before it joins.</summary>
    public ResumePlanner Planner => planner;

    /// <summary>Channels that a hold may have.</summary>
    public int MaxSubscriptions => options.MaxSubscriptions;

    /// <summary>True if a hold may have one channel more than it has; where it may not, that is counted as a refusal.</summary>
    public bool HasRoom(Hold hold)
    {
        if (hold.Channels.Length < options.MaxSubscriptions)
            return true;
        instruments.TooManyChannels();
        return false;
    }

    /// <summary>The filters of those names, or null: none of them is known.</summary>
    public FilterChain? FiltersOf(IReadOnlyList<string> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (FilterNames.Find(names[i]) is null && _unknown.IsNew(names[i]))
                Log.UnknownFilter(logger, names[i]);
        }

        return _filters.Get(names);
    }

    /// <summary>Reserves one more place, for a hold that joins while it lasts. Items may come before this returns.</summary>
    public HeldChannel Reserve(Hold hold, ChannelInstruct channel, string fullName, LogCursor? cursor)
    {
        var subscription = table.Join(hold, fullName, hold.Mode, channel.PrevId, FiltersOf(channel.Filters), cursor);
        Log.Subscribed(logger, hold.Url, fullName, hold.IsRetry ? " retry" : "");
        return new HeldChannel(channel.Name, subscription);
    }

    /// <summary>Gives one place back.</summary>
    public void Leave(HeldChannel channel) => table.Leave(channel.Subscription);

    /// <summary>Gives all places back.</summary>
    public void Leave(Hold hold)
    {
        foreach (var channel in hold.Channels)
            table.Leave(channel.Subscription);
    }

    /// <summary>What is configured for a channel.</summary>
    public ChannelRule RuleOf(string fullName) => table.RuleOf(fullName);

    private void JoinOne(Hold hold, ChannelInstruct channel, string fullName, ResumePlan plan, HeldChannel[] now, ref int count)
    {
        // A channel named twice delivers once (OBS-51).
        if (HeldChannel.Find(now.AsSpan(0, count), fullName) is not null)
            return;
        if (hold.FindChannel(fullName) is { } held)
        {
            // Who goes by positions goes on where he is, unless the origin says where; and goes on by positions.
            if (plan.CursorFor(fullName, held.Subscription.CarriesPosition) is { } cursor)
                SetCursor(held.Subscription, cursor);
            held.Subscription.PrevId = channel.PrevId;
            held.Subscription.Filters = FiltersOf(channel.Filters);
            now[count++] = held;
            return;
        }

        now[count++] = Reserve(hold, channel, fullName, plan.CursorFor(fullName));
    }

    private static void SetCursor(Subscription subscription, LogCursor cursor)
    {
        subscription.Cursor = cursor;
        subscription.CarriesPosition = cursor.IsLasting;
    }
}
