using GripProxy.Redis.Client;

namespace GripProxy.Redis.Partitions;

/// <summary>
/// Which partitions of each Redis do not answer, so that what befalls a Redis is in the log once and not once for each of its partitions. Guarded by its own
/// lock, under which nothing else is called.
/// </summary>
internal sealed class PartitionOutages(TimeProvider time)
{
    private static readonly TimeSpan LossPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    // By Redis and partition; without a fault: it has not answered yet.
    private readonly Dictionary<string, Dictionary<string, RedisFault?>> _away = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lossTold = new(StringComparer.Ordinal);

    /// <summary>A partition that has not answered so far.</summary>
    public void Add(string server, string partition)
    {
        lock (_gate)
            Of(server)[partition] = null;
    }

    /// <summary>A partition does not answer. True: it is the first of its Redis with this fault.</summary>
    public bool Begin(string server, string partition, RedisFault fault)
    {
        lock (_gate)
        {
            var partitions = Of(server);
            var isFirst = !partitions.ContainsValue(fault);
            partitions[partition] = fault;
            return isFirst;
        }
    }

    /// <summary>A partition answers. True: all of its Redis do now.</summary>
    public bool End(string server, string partition)
    {
        lock (_gate)
        {
            var partitions = Of(server);
            return partitions.Remove(partition) && partitions.Count == 0;
        }
    }

    /// <summary>A partition has lost data. True: none of its Redis was said to have in the last 10 s.</summary>
    public bool Lose(string server)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_lossTold.TryGetValue(server, out var told) && time.GetElapsedTime(told, now) < LossPause)
                return false;
            _lossTold[server] = now;
            return true;
        }
    }

    private Dictionary<string, RedisFault?> Of(string server)
    {
        if (!_away.TryGetValue(server, out var partitions))
            _away.Add(server, partitions = new Dictionary<string, RedisFault?>(StringComparer.Ordinal));
        return partitions;
    }
}
