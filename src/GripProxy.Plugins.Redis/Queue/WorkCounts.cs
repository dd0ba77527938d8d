using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using GripProxy.Plugins.Queue;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>How much waits, as far as this node has heard: each answer of the script says it, and it is looked at now and then. Thread-safe.</summary>
/// <param name="limits">How much may wait.</param>
internal sealed class WorkCounts(QueueLimits limits)
{
    private readonly ConcurrentDictionary<int, Known> _tenants = new();

    /// <summary>The tenants that were ever asked for here.</summary>
    public IEnumerable<int> Tenants => _tenants.Keys;

    /// <summary>How much may wait.</summary>
    public QueueLimits Limits => limits;

    /// <summary>A tenant is looked at from now on.</summary>
    public void Know(int tenant) => _tenants.TryAdd(tenant, default);

    /// <summary>What the script said after a change.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="answer">Something, then events, works and bytes.</param>
    public void Note(int tenant, Reply answer)
    {
        var (events, works, bytes) = (answer[1].Number, answer[2].Number, answer[3].Number);
        _tenants.AddOrUpdate(
            tenant, _ => new Known(events, works, bytes, null, [], 0, null), (_, known) => known with { Events = events, Works = works, Bytes = bytes });
    }

    /// <summary>What the script said when it was asked to look.</summary>
    public void NoteAll(int tenant, Reply look)
    {
        DateTimeOffset? oldest = look[3].Text.Length > 0 ? WorkText.Time(look[3].Number) : null;
        DateTimeOffset? oldestPost = look[6].Text.Length > 0 ? WorkText.Time(look[6].Number) : null;
        var letters = look[4];
        _tenants[tenant] = new Known(
            look[0].Number, look[1].Number, look[2].Number, oldest,
            [.. Enumerable.Range(0, letters.Count / 2).Select(i => (letters[2 * i].Text, letters[(2 * i) + 1].Number))], look[5].Number, oldestPost);
    }

    /// <summary>How much of a tenant waits, work beside the chain included.</summary>
    public QueueUsage Usage(int tenant) =>
        new(Events(tenant) + Works(tenant), limits.Events, _tenants.Values.Sum(static known => known.Bytes), limits.Bytes);

    /// <summary>Events of a tenant that wait.</summary>
    public long Events(int tenant) => _tenants.GetValueOrDefault(tenant).Events;

    /// <summary>Work of a tenant that waits.</summary>
    public long Works(int tenant) => _tenants.GetValueOrDefault(tenant).Works;

    /// <summary>When the oldest event of a tenant was accepted, or null.</summary>
    public DateTimeOffset? Oldest(int tenant) => _tenants.GetValueOrDefault(tenant).Oldest;

    /// <summary>When the oldest work of a tenant beside the chain was stored, but for jobs, or null.</summary>
    public DateTimeOffset? OldestPost(int tenant) => _tenants.GetValueOrDefault(tenant).OldestPost;

    /// <summary>How much of a tenant is tried again.</summary>
    public long Retrying(int tenant) => _tenants.GetValueOrDefault(tenant).Retrying;

    /// <summary>How many bytes a tenant may have, with what the others have.</summary>
    public long RoomFor(int tenant) => limits.Bytes - _tenants.Where(other => other.Key != tenant).Sum(static other => other.Value.Bytes);

    /// <summary>Dead letters by tenant and stage.</summary>
    public IReadOnlyList<(int Tenant, string Stage, long Count)> Letters() =>
        [.. _tenants.SelectMany(static tenant => (tenant.Value.Letters ?? []).Select(stage => (tenant.Key, stage.Stage, stage.Count)))];

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Known(long Events, long Works, long Bytes, DateTimeOffset? Oldest, IReadOnlyList<(string Stage, long Count)>? Letters, long Retrying, DateTimeOffset? OldestPost);
}
