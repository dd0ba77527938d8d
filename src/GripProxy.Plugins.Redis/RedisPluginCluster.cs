using System.Globalization;
using System.Security.Cryptography;
using GripProxy.Plugins.Nodes;
using GripProxy.Plugins.Nodes.Peers;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Redis.Leases;
using GripProxy.Plugins.Redis.Nodes;
using GripProxy.Plugins.Redis.Queue;
using GripProxy.Plugins.Redis.Runs;
using GripProxy.Plugins.Redis.State;
using GripProxy.Plugins.Redis.Values;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.State;
using GripProxy.Redis;
using GripProxy.Redis.Client;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Redis;

/// <summary>
/// What plugins share, on the first Redis of the cluster (plugins.md §12). Its connection is its own: the packages of plugins are large, and items do not wait
/// behind them.
/// </summary>
public sealed class RedisPluginCluster : PluginCluster
{
    private readonly ClusterOptions _options;
    private readonly TimeProvider _time;
    private NodeBoard? _board;
    private WorkParts? _work;

    /// <summary>Connects when it is first used.</summary>
    /// <param name="options">Which Redis, and the beginning of its keys.</param>
    /// <param name="time">The clock.</param>
    public RedisPluginCluster(ClusterOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        Prefix = options.Prefix;
        Client = new RedisClient(options.Redis, time);
    }

    /// <summary>Beginning of every key and channel.</summary>
    internal string Prefix { get; }

    /// <summary>The connection.</summary>
    internal RedisClient Client { get; }

    /// <inheritdoc/>
    internal override PeerOptions? Peers => _options.Key is { } key ? new PeerOptions(_options.Address, key) : null;

    /// <inheritdoc/>
    internal override async Task<IPluginStateStore> OpenStateAsync(SecretBox secrets, ILoggerFactory loggers) =>
        await RedisStateStore.OpenAsync(Client, Prefix, secrets, _time, loggers.CreateLogger<RedisStateStore>());

    /// <inheritdoc/>
    internal override void ShowReport(Func<NodeReport> self, ILoggerFactory loggers) =>
        _board = new NodeBoard(Client, Prefix, self, _time, loggers.CreateLogger<NodeBoard>());

    /// <inheritdoc/>
    internal override void TellReport() => _board?.Tell();

    /// <inheritdoc/>
    internal override Task<IReadOnlyList<NodeReport>> ReadReportsAsync() =>
        _board is { } board ? StateServer.TryAsync(board.ReadOthersAsync) : Task.FromResult<IReadOnlyList<NodeReport>>([]);

    /// <inheritdoc/>
    internal override ITenantStorage OpenStorage(int tenant) => new RedisStorage(Client, new RedisScript(Client, "values.lua"), PrefixOf(tenant));

    /// <inheritdoc/>
    internal override ITenantCache OpenCache(int tenant) => new RedisCache(Client, new RedisScript(Client, "values.lua"), PrefixOf(tenant));

    /// <inheritdoc/>
    internal override async ValueTask<long> NextNumberAsync(string channel) =>
        (await StateServer.TryAsync(() => Client.ExecuteAsync("INCR", $"{Prefix}:n:{channel}", new ScriptArguments()))).Number;

    /// <inheritdoc/>
    internal override IWorkStore OpenWork(string node, string data, QueueLimits limits, ILoggerFactory loggers)
    {
        // A connection of its own: leases are renewed and events taken while packages are on their way.
        var client = new RedisClient(_options.Redis, _time);
        var run = $"{node}#{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var file = RunFile.Take(data, run);
        var leases = new RedisLeaseStore(client, Prefix, run, _time, loggers.CreateLogger<RedisLeaseStore>()) { Predecessor = file.Predecessor };
        var parts = _work = new WorkParts
        {
            Client = client,
            Run = file,
            Script = new WorkScript(client, Prefix),
            Senders = new SenderMessages(client, Prefix, run, loggers.CreateLogger<SenderMessages>()),
            Leases = leases,
            Partitions = new PartitionKeeper(leases, _time, loggers.CreateLogger<PartitionKeeper>()),
            Counts = new WorkCounts(limits),
        };
        return new RedisWorkStore(parts, _time, loggers.CreateLogger<RedisWorkStore>());
    }

    /// <inheritdoc/>
    internal override IRunStore OpenRuns(string node)
    {
        var work = _work ?? throw new InvalidOperationException("What waits has not been opened.");
        return new RedisRunStore(work.Client, work.Leases, Prefix, work.Script.Wake, node, _time);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_board is not null)
            await _board.DisposeAsync();
        await Client.DisposeAsync();
    }

    // One tag for each tenant.
    private string PrefixOf(int tenant) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}:{{t{tenant}}}");
}
