namespace GripProxy.Redis.Relay;

/// <summary>What may wait for Redis in all partitions together (own-config.md, relay_bytes). Thread-safe.</summary>
internal sealed class RelayBudget(long limit)
{
    private long _used;

    /// <summary>Bytes that wait.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Bytes that may wait.</summary>
    public long Limit => limit;

    /// <summary>Takes so much; false: that would be too much.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
            return true;
        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    /// <summary>Takes so much, for what must not be dropped.</summary>
    public void Take(int bytes) => Interlocked.Add(ref _used, bytes);

    /// <summary>Gives back what was taken.</summary>
    public void Give(int bytes) => Interlocked.Add(ref _used, -bytes);
}
