using GripProxy.Channels.Delivery;
using GripProxy.Channels.Timing;

namespace GripProxy.Channels.Subscriptions;

/// <summary>
/// Asks the first holds of a channel to look at their origins again (HTTP-36), some at a time: nothing is known to be missing, so a crowd need not
/// fall upon an origin it has just left. Pushpin keeps the same pace. Guarded by the shard lock; runs on the wheel.
/// </summary>
internal sealed class FirstUpdate
{
    /// <summary>How many are asked at once.</summary>
    public const int MostAtOnce = 100;

    // HTTP-36: time for a subscription to become known to publishers upstream.
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ChannelState _channel;
    private readonly TimerWheel _wheel;
    private readonly WheelTimer _timer;
    private Subscription[]? _first;
    private int _asked;

    private FirstUpdate(ChannelState channel, TimerWheel wheel)
    {
        _channel = channel;
        _wheel = wheel;
        _timer = new WheelTimer(static update => ((FirstUpdate)update).AskSome(), this);
    }

    /// <summary>Begins to wait for a new channel's first holds.</summary>
    public static void Schedule(ChannelState channel, TimerWheel wheel) => wheel.Schedule(new FirstUpdate(channel, wheel)._timer, Delay);

    private void AskSome()
    {
        var drains = new DrainBatch();
        bool areMore;
        lock (_channel.Shard.Gate)
        {
            _first ??= _channel.AllSubscribers();
            var end = Math.Min(_asked + MostAtOnce, _first.Length);
            for (; _asked < end; _asked++)
            {
                // Who has left meanwhile has no place any more.
                if (_first[_asked] is { Index: >= 0 } subscription)
                    subscription.Outbound.Update(subscription, UpdateCause.FirstSubscription, drains);
            }

            areMore = _asked < _first.Length;
        }

        drains.Run();
        if (areMore)
            _wheel.Schedule(_timer, Pause);
    }
}
