using System.Security.Cryptography;
using GripProxy.Channels;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;
using GripProxy.Redis.Client;
using GripProxy.Redis.Diagnostics;
using GripProxy.Redis.Nodes;
using GripProxy.Redis.Partitions;
using GripProxy.Redis.Relay;
using Microsoft.Extensions.Logging;

namespace GripProxy.Redis;

/// <summary>
/// Carries items between nodes through Redis, a partition of the channels at a time (README.md). Thread-safe; owned by the host, which starts and ends it.
/// </summary>
public sealed partial class RedisBackplane : IBackplane, IChannelObserver, IAsyncDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(250);
    private const int WatchesPerTick = 4;

    private readonly ClusterOptions _options;
    private readonly ChannelsOptions _channels;
    private readonly TimeProvider _time;
    private readonly ClusterInstruments _instruments;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<RedisBackplane> _logger;
    private readonly RedisClient[] _clients;
    private readonly PartitionMap _map;
    private readonly RelayBudget _budget;
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeIdentity _node;
    private PartitionLink[] _links = [];
    private Task[] _loops = [];
    private readonly bool[] _isSubscribed;
    private SubscriptionTable? _table;
    private ITimer? _watch;
    private int _watches;
    private bool _wasReady;
    private int _isDisposed;

    /// <summary>For the Redis of the options; nothing is connected yet.</summary>
    public RedisBackplane(
        ClusterOptions options, ChannelsOptions channels, TimeProvider time, System.Diagnostics.Metrics.IMeterFactory meters, ILoggerFactory loggers)
    {
        _options = options;
        _channels = channels;
        _time = time;
        _loggers = loggers;
        _logger = loggers.CreateLogger<RedisBackplane>();
        _instruments = new ClusterInstruments(meters);
        Questions = new QuestionBook(time, loggers.CreateLogger<QuestionBook>());
        _clients = [.. new[] { options.Redis }.Concat(options.Shards).Select(redis => new RedisClient(redis, time))];
        _isSubscribed = new bool[_clients.Length];
        _map = new PartitionMap(_clients.Length);
        _budget = new RelayBudget(options.RelayBytes);
        var run = $"{channels.Node}#{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 8)}";
        _node = new NodeIdentity(run, $"{options.Prefix}:wake:{run}");
        _instruments.Watch(() => _budget.Used, _clients.Length, IsUp);
    }

    /// <summary>Called when the answer of <see cref="IsReady"/> changes, from any thread.</summary>
    public Action<bool>? ReadyChanged { get; set; }

    /// <summary>True while all Redis answer.</summary>
    public bool IsReady => _links.Length > 0 && !_links.Any(static link => link.IsAway);

    internal IReadOnlyList<PartitionLink> Links => _links;

    internal IReadOnlyList<RedisClient> Clients => _clients;

    internal NodeIdentity Node => _node;

    internal QuestionBook Questions { get; }

    internal PartitionLink LinkOf(string channel) => _links[_map.Of(channel)];

    /// <inheritdoc/>
    public void Start(IBackplaneSink sink)
    {
        var times = RelayTimes.Of(_channels);
        var logger = _loggers.CreateLogger<PartitionLink>();
        var outages = new PartitionOutages(_time);
        _links = new PartitionLink[_map.Count];
        for (var i = 0; i < _links.Length; i++)
        {
            var script = new PartitionScript(_clients[PartitionMap.ShardOf(i)], _options.Prefix, $"{i}");
            var parts = new LinkParts(_node, times, _budget, _options.Retention, sink, new ReceiptBook(sink, _node), Questions, outages, _instruments, _time);
            _links[i] = new PartitionLink(script, parts, logger);
        }
    }

    /// <summary>Begins to talk to Redis, and waits a while for it. It goes on without.</summary>
    public async Task ConnectAsync(SubscriptionTable table, TimeSpan patience)
    {
        _table = table;
        table.Observe(this);
        _loops = [.. _links.Select(link => Task.Run(() => link.RunAsync(_stop.Token)))];
        _watch = _time.CreateTimer(static backplane => ((RedisBackplane)backplane!).Watch(), this, WatchInterval, WatchInterval);
        var since = _time.GetTimestamp();
        await SubscribeAsync();
        while (!IsReady && _time.GetElapsedTime(since) < patience && !_links.All(static link => link.Fault is not null))
            await Task.Delay(TimeSpan.FromMilliseconds(20), _time);
        Watch();
    }

    /// <inheritdoc/>
    public BackplaneAnswer Send(Item item, ChannelRule rule, bool isOverdue) => LinkOf(item.Channel).Send(item, rule, isOverdue);

    /// <inheritdoc/>
    public ValueTask JoinAsync(string channel)
    {
        var joined = LinkOf(channel).WhenJoined(channel);
        return joined.IsCompletedSuccessfully ? ValueTask.CompletedTask : new ValueTask(joined);
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync() => _links.Select(static link => link.WhenAppended()).Where(static sent => !sent.IsCompleted).ToArray() is { Length: > 0 } open
        ? new ValueTask(Task.WhenAll(open))
        : ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void Opened(string channel) => // Called once the table is there.
        LinkOf(channel).Open(channel, _table!.RuleOf(channel).KeptItems > 0);

    /// <inheritdoc/>
    public void Changed(string channel, SubscriptionMode mode, int subscribers, bool lingers)
    {
        // How many they are is nobody else's business.
    }

    /// <inheritdoc/>
    public void Closed(string channel) => LinkOf(channel).Close(channel);

    /// <summary>Tells the others that this node is gone, and ends the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        // A container that knows it under two names disposes of it twice.
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        if (_watch is not null)
            await _watch.DisposeAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        await Task.WhenAll(_links.Select(static link => link.LeaveAsync()));
        foreach (var client in _clients)
            await client.DisposeAsync();
        foreach (var link in _links)
            link.Dispose();
        _stop.Dispose();
    }

    /// <summary>Asks every Redis to wake this node. Never throws.</summary>
    private async Task SubscribeAsync()
    {
        for (var i = 0; i < _clients.Length; i++)
        {
            if (_isSubscribed[i])
                continue;
            try
            {
                await _clients[i].SubscribeAsync(_node.Wake, Woken);
                _isSubscribed[i] = true;
            }
            catch (RedisFaultException fault)
            {
                // The loop of each partition says what is wrong; it looks once a second even if nobody wakes it.
                Log.NotWoken(_logger, _clients[i].Name, fault.Message);
            }
        }
    }

    /// <summary>The message is the prefix of the partition's keys, which ends in its number.</summary>
    private void Woken(string partition)
    {
        var from = partition.IndexOf('{', StringComparison.Ordinal) + 1;
        var to = partition.IndexOf('}', StringComparison.Ordinal);
        if (from > 0 && to > from && int.TryParse(partition.AsSpan(from, to - from), out var number) && number >= 0 && number < _links.Length)
            _links[number].Wake();
    }

    private bool IsUp(int shard) => _links.Length > 0 && !_links.Where((link, partition) => PartitionMap.ShardOf(partition) == shard && link.IsAway).Any();

    private void Watch()
    {
        try
        {
            LookAfterLinks();
        }
        catch (Exception error)
        {
            // On the thread of a timer it would end the process.
            Log.WatchFailed(_logger, error);
        }
    }

    private void LookAfterLinks()
    {
        var isTick = Interlocked.Increment(ref _watches) % WatchesPerTick == 0;
        foreach (var link in _links)
        {
            link.Watch();
            if (isTick)
                link.Tick();
        }

        if (isTick && _isSubscribed.Contains(false))
            _ = SubscribeAsync(); // Never faults; the next tick tries again.
        var isReady = IsReady;
        if (isReady == _wasReady)
            return;
        _wasReady = isReady;
        ReadyChanged?.Invoke(isReady);
    }
}
