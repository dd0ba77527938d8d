using System.Collections.Concurrent;
using System.Security.Cryptography;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Logs;

/// <summary>The logs of one process, gone with it (LOG-01). Thread-safe: each channel's history has a lock of its own.</summary>
public sealed class MemoryChannelLog : IChannelLog, IDisposable
{
    // Old items of a quiet channel go within this time of their age.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(10);

    // A channel without items is some 200 bytes. Who is forgotten begins a new epoch, which costs its clients one fetch.
    private const int MaxEmptyChannels = 100_000;

    private readonly ConcurrentDictionary<string, ChannelHistory> _channels = new(StringComparer.Ordinal);
    private readonly ChannelRules _rules;
    private readonly TimeProvider _time;
    private readonly ITimer? _sweep;

    /// <summary>Makes empty logs.</summary>
    public MemoryChannelLog(ChannelsOptions options, TimeProvider time)
    {
        _rules = new ChannelRules(options.Rules);
        _time = time;
        if (options.Rules.Any(static rule => rule.KeptItems > 0))
            _sweep = time.CreateTimer(static log => ((MemoryChannelLog)log!).Sweep(), this, SweepInterval, SweepInterval);
    }

    /// <summary>Bytes of content that all channels keep.</summary>
    public long Bytes => _channels.Sum(static pair => pair.Value.Bytes);

    /// <summary>
    /// Keeps what the item sends, and gives it its position. One that sends nothing stays as it is. Called under the lock of the channel's shard: the
    /// order of calls is the order of the log.
    /// </summary>
    public Item Append(Item item, ChannelRule rule)
    {
        if (LoggedForms.Of(item) is not { } kept)
            return item;
        while (true)
        {
            var history = HistoryOf(item.Channel, rule);
            if (history.Append(kept, _time.GetTimestamp()) is { } position)
                return item with { Position = position };
        }
    }

    /// <inheritdoc/>
    public ValueTask<LogState?> GetStateAsync(string channel, CancellationToken cancellation = default)
    {
        var rule = _rules.For(channel);
        return ValueTask.FromResult(rule.HasLog ? HistoryOf(channel, rule).GetState(_time.GetTimestamp()) : null);
    }

    /// <inheritdoc/>
    public ValueTask<LogPage> ReadAsync(string channel, Position after, int maxItems, long maxBytes, CancellationToken cancellation = default)
    {
        var rule = _rules.For(channel);
        return ValueTask.FromResult(rule.KeptItems > 0
            ? HistoryOf(channel, rule).Read(after, maxItems, maxBytes, _time.GetTimestamp())
            : LogPage.Failed(ResumeOutcome.NoLog));
    }

    /// <inheritdoc/>
    public ValueTask<LogPage> ReadNewestAsync(string channel, int maxItems, CancellationToken cancellation = default)
    {
        var rule = _rules.For(channel);
        return ValueTask.FromResult(rule.KeptItems > 0
            ? HistoryOf(channel, rule).ReadNewest(maxItems, _time.GetTimestamp())
            : LogPage.Failed(ResumeOutcome.NoLog));
    }

    /// <inheritdoc/>
    public ValueTask<LogPlace> FindAsync(string channel, string id, CancellationToken cancellation = default)
    {
        var rule = _rules.For(channel);
        return ValueTask.FromResult(rule.HasLog
            ? HistoryOf(channel, rule).Find(id, _time.GetTimestamp())
            : new LogPlace(ResumeOutcome.NoLog, default));
    }

    /// <summary>Stops looking for old items.</summary>
    public void Dispose() => _sweep?.Dispose();

    private static string MakeEpoch() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", Position.EpochLength);

    private ChannelHistory HistoryOf(string channel, ChannelRule rule) =>
        _channels.TryGetValue(channel, out var known)
            ? known
            : _channels.GetOrAdd(channel, static (_, state) => new ChannelHistory(MakeEpoch(), state.rule, state._time), (rule, _time));

    private void Sweep()
    {
        var now = _time.GetTimestamp();
        var empty = new List<(string Channel, ChannelHistory History, long Used)>();
        foreach (var (channel, history) in _channels)
        {
            if (history.DropOld(now) is { } used)
                empty.Add((channel, history, used));
        }

        if (empty.Count <= MaxEmptyChannels)
            return;
        empty.Sort(static (one, other) => one.Used.CompareTo(other.Used));
        foreach (var (channel, history, _) in empty.Take(empty.Count - MaxEmptyChannels))
        {
            if (history.TryClose())
                _channels.TryRemove(KeyValuePair.Create(channel, history));
        }
    }
}
