namespace GripProxy.Channels.Publishing;

/// <summary>
/// Remembers ids for <c>id_cache_ttl</c>, counted from the first time each was seen (PUB-30). Guarded by the shard lock.
/// </summary>
internal sealed class DuplicateFilter(TimeSpan ttl, TimeProvider time)
{
    private readonly HashSet<(string Channel, string Id)> _seen = [];
    private readonly Queue<(string Channel, string Id, long SeenAt)> _bySeniority = [];

    /// <summary>True if the id was not seen on the channel within the time to live; it is remembered then.</summary>
    public bool IsNew(string channel, string? id)
    {
        if (id is null || ttl <= TimeSpan.Zero)
            return true;
        var now = time.GetTimestamp();
        while (_bySeniority.TryPeek(out var oldest) && time.GetElapsedTime(oldest.SeenAt, now) >= ttl)
        {
            _bySeniority.Dequeue();
            _seen.Remove((oldest.Channel, oldest.Id));
        }

        if (!_seen.Add((channel, id)))
            return false;
        _bySeniority.Enqueue((channel, id, now));
        return true;
    }
}
