using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Timing;
using GripProxy.Protocol.Filters;

namespace GripProxy.Channels.Subscriptions;

/// <summary>
/// Who listens to what. Sharded by channel name; a hold keeps its own subscriptions, so leaving costs only its own. Thread-safe.
/// </summary>
public sealed class SubscriptionTable
{
    private readonly ChannelShard[] _shards;
    private readonly ChannelRules _rules;
    private readonly TimerWheel _wheel;
    private readonly TimeProvider _time;
    private readonly TimeSpan _linger;
    private readonly bool _updatesOnFirstSubscription;

    /// <summary>Makes an empty table.</summary>
    public SubscriptionTable(ChannelsOptions options, TimerWheel wheel, TimeProvider time)
    {
        _rules = new ChannelRules(options.Rules);
        _wheel = wheel;
        _time = time;
        _linger = options.SubscriptionLinger;
        _updatesOnFirstSubscription = options.UpdateOnFirstSubscription;
        _shards = new ChannelShard[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 8)];
        for (var i = 0; i < _shards.Length; i++)
            _shards[i] = new ChannelShard(new DuplicateFilter(options.IdCacheTtl, time));
    }

    internal IReadOnlyList<ChannelShard> Shards => _shards;

    /// <summary>What drives its timers; those around it use the same.</summary>
    public TimerWheel Wheel => _wheel;

    /// <summary>What is configured for a channel, in use or not.</summary>
    public ChannelRule RuleOf(string channel) => _rules.For(channel);

    /// <summary>Subscribers of a channel in all modes.</summary>
    public int CountSubscribers(string channel)
    {
        var shard = ShardOf(channel);
        lock (shard.Gate)
            return shard.Channels.TryGetValue(channel, out var state) ? state.SubscriberCount : 0;
    }

    /// <summary>Channels in use.</summary>
    public int ChannelCount => Sum(static shard => shard.Channels.Count);

    /// <summary>Items that wait for their predecessors, on all channels (PUB-31).</summary>
    public int WaitingItems => Sum(static shard => shard.WaitingItems);

    /// <summary>Who is on the channels whose names begin with <paramref name="prefix"/>, in no order. Channels without subscribers are left out.</summary>
    public IEnumerable<ChannelUse> Channels(string prefix = "")
    {
        foreach (var shard in _shards)
        {
            List<ChannelUse> found = [];
            lock (shard.Gate)
            {
                foreach (var state in shard.Channels.Values)
                {
                    if (state.Name.StartsWith(prefix, StringComparison.Ordinal) && state.ToUse() is { } use)
                        found.Add(use);
                }
            }

            // Whoever looks at them does so outside the lock.
            foreach (var use in found)
                yield return use;
        }
    }

    /// <summary>Who is on a channel, or null: nobody.</summary>
    public ChannelUse? Find(string channel)
    {
        var shard = ShardOf(channel);
        lock (shard.Gate)
            return shard.Channels.GetValueOrDefault(channel)?.ToUse();
    }

    /// <summary>The holds on a channel, of all kinds.</summary>
    public IReadOnlyList<IOutbound> Holders(string channel)
    {
        var holders = new List<IOutbound>();
        var shard = ShardOf(channel);
        lock (shard.Gate)
        {
            if (!shard.Channels.TryGetValue(channel, out var state))
                return holders;
            foreach (var mode in Enum.GetValues<SubscriptionMode>())
            {
                foreach (var subscription in state.Subscribers(mode))
                    holders.Add(subscription.Outbound);
            }
        }

        return holders;
    }

    /// <summary>Tells <paramref name="observer"/> from now on who joins and leaves, after what is in use already.</summary>
    public void Observe(IChannelObserver observer)
    {
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
                shard.Observe(observer);
        }
    }

    /// <summary>Tells <paramref name="observer"/> nothing any more.</summary>
    public void Unobserve(IChannelObserver observer)
    {
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
                shard.Unobserve(observer);
        }
    }

    /// <summary>Reserves a place on a channel: items are offered to <paramref name="outbound"/> from now on.</summary>
    public Subscription Join(
        IOutbound outbound, string channel, SubscriptionMode mode, string? prevId, FilterChain? filters = null, LogCursor? cursor = null)
    {
        var shard = ShardOf(channel);
        lock (shard.Gate)
        {
            if (!shard.Channels.TryGetValue(channel, out var state))
            {
                state = new ChannelState(channel, _rules.For(channel), shard);
                shard.Channels.Add(channel, state);
                foreach (var observer in shard.Observers)
                    observer.Opened(channel);
                if (_updatesOnFirstSubscription)
                    FirstUpdate.Schedule(state, _wheel);
            }

            var subscription = new Subscription(state, outbound, mode, prevId, filters, cursor);
            state.Add(subscription);
            state.TellChanged(mode);
            return subscription;
        }
    }

    /// <summary>Gives a place back; what waits for it is forgotten. Leaving twice does nothing.</summary>
    public void Leave(Subscription subscription)
    {
        var state = subscription.State;
        lock (state.Shard.Gate)
        {
            if (subscription.Index < 0)
                return;
            state.Remove(subscription);
            subscription.Paced?.Leave();
            if (subscription.Mode == SubscriptionMode.Response && _linger > TimeSpan.Zero)
                Linger(state);
            state.TellChanged(subscription.Mode);
            if (!state.HasSubscribers && state.LingerUntil == 0)
                Forget(state);
        }
    }

    internal ChannelShard ShardOf(string channel) =>
        _shards[(uint)StringComparer.Ordinal.GetHashCode(channel) & (uint)(_shards.Length - 1)];

    private int Sum(Func<ChannelShard, int> count)
    {
        var sum = 0;
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
                sum += count(shard);
        }

        return sum;
    }

    private void Linger(ChannelState state)
    {
        if (state.Subscribers(SubscriptionMode.Response).Length > 0)
            return;
        var alreadyScheduled = state.LingerUntil != 0;
        state.LingerUntil = _time.GetTimestamp() + (long)(_linger.TotalSeconds * _time.TimestampFrequency);
        if (alreadyScheduled)
            return;
        state.LingerTimer ??= new WheelTimer(timerState => EndLinger((ChannelState)timerState), state);
        _wheel.Schedule(state.LingerTimer, _linger);
    }

    private void EndLinger(ChannelState state)
    {
        lock (state.Shard.Gate)
        {
            var left = _time.GetElapsedTime(_time.GetTimestamp(), state.LingerUntil);
            if (left > TimeSpan.Zero)
            {
                // Polls came and went since: one timer per channel follows them instead of one per poll.
                _wheel.Schedule(state.LingerTimer!, left); // Set before the first schedule.
                return;
            }

            var wasUsed = state.Lingers(SubscriptionMode.Response);
            state.LingerUntil = 0;
            if (wasUsed)
                state.TellChanged(SubscriptionMode.Response);
            if (!state.HasSubscribers)
                Forget(state);
        }
    }

    private static void Forget(ChannelState state)
    {
        state.Shard.WaitingItems -= state.Waiting?.Count ?? 0;
        state.Waiting?.Clear();
        state.Shard.Channels.Remove(state.Name);
        foreach (var observer in state.Shard.Observers)
            observer.Closed(state.Name);
    }
}
