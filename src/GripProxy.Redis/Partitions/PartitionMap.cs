using System.Text;

namespace GripProxy.Redis.Partitions;

/// <summary>
/// Which partition a channel belongs to: the same on all nodes, whatever their versions. A partition has its own order, its own inbox per node and its own
/// place in a Redis Cluster. Immutable.
/// </summary>
internal sealed class PartitionMap(int shards)
{
    /// <summary>
    /// Partitions of one Redis. Sixteen spread well over a few masters of a Redis Cluster, and cost an idle node sixteen calls a second.
    /// </summary>
    public const int PerShard = 16;

    /// <summary>Partitions in all.</summary>
    public int Count => shards * PerShard;

    /// <summary>Number of the channel's partition.</summary>
    public int Of(string channel)
    {
        // FNV-1a: written down nowhere but here, so it never changes with a runtime.
        var hash = 2166136261u;
        Span<byte> buffer = stackalloc byte[256];
        var size = Encoding.UTF8.GetMaxByteCount(channel.Length);
        var bytes = size <= buffer.Length ? buffer : new byte[size];
        foreach (var one in bytes[..Encoding.UTF8.GetBytes(channel, bytes)])
            hash = (hash ^ one) * 16777619;
        hash ^= hash >> 15;
        return (int)(hash % (uint)Count);
    }

    /// <summary>The Redis that a partition lies in.</summary>
    public static int ShardOf(int partition) => partition / PerShard;
}
