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
}
