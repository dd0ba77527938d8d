using GripProxy.Channels.Publishing;

namespace GripProxy.Channels.Subscriptions;

/// <summary>A part of the channels, by hash of their names, with one lock for everything in them.</summary>
internal sealed class ChannelShard(DuplicateFilter duplicates)
{
    /// <summary>The shard lock. Held for look-ups and enqueueing only, never across a write to a client.</summary>
    public Lock Gate { get; } = new();

    public Dictionary<string, ChannelState> Channels { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids seen lately on the channels of this shard.</summary>
    public DuplicateFilter Duplicates { get; } = duplicates;

    /// <summary>Items that wait for their predecessors, on all channels of this shard (PUB-31).</summary>
    public int WaitingItems { get; set; }

    /// <summary>Who hears what happens to the channels of this shard.</summary>
    public IChannelObserver[] Observers { get; private set; } = [];

    /// <summary>Tells an observer from now on, and at once what is in use already.</summary>
    public void Observe(IChannelObserver observer)
    {
        Observers = [.. Observers, observer];
        foreach (var channel in Channels.Values)
        {
            observer.Opened(channel.Name);
            foreach (var mode in Enum.GetValues<SubscriptionMode>())
            {
                var count = channel.Subscribers(mode).Length;
                if (count > 0 || channel.Lingers(mode))
                    observer.Changed(channel.Name, mode, count, channel.Lingers(mode));
            }
        }
    }

    /// <summary>Tells an observer nothing any more.</summary>
    public void Unobserve(IChannelObserver observer) => Observers = Array.FindAll(Observers, one => !ReferenceEquals(one, observer));
}
