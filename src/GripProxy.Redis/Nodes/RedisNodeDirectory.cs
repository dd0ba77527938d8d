using System.Text.Json;
using GripProxy.Channels.Nodes;
using GripProxy.Redis.Client;
using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Nodes;

/// <summary>The nodes of the cluster, each under a key that ends by itself when its node does not renew it (CTL-13). Thread-safe.</summary>
public sealed partial class RedisNodeDirectory : INodeDirectory, IAsyncDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly RedisBackplane _backplane;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisNodeDirectory> _logger;
    private readonly string _prefix;
    private Func<NodeRecord>? _self;
    private ITimer? _timer;
    private NodeListing? _last;
    private int _asked;
    private int _isBeating;

    /// <summary>Uses the first Redis of the cluster.</summary>
    public RedisNodeDirectory(RedisBackplane backplane, ClusterOptions options, TimeProvider time, ILogger<RedisNodeDirectory> logger)
    {
        _backplane = backplane;
        _time = time;
        _logger = logger;
        // One tag: index and records lie together.
        _prefix = $"{options.Prefix}:{{nodes}}:";
    }

    private RedisClient Client => _backplane.Clients[0];

    private string Index => _prefix + "index";

    private string OwnKey => _prefix + _backplane.Node.Run;

    /// <inheritdoc/>
    public void Describe(Func<NodeRecord> self)
    {
        _self = self;
        _timer ??= _time.CreateTimer(static directory => _ = ((RedisNodeDirectory)directory!).BeatAsync(), this, TimeSpan.Zero, Heartbeat);
    }

    /// <inheritdoc/>
    public void Answer(Func<ReadOnlyMemory<byte>, Task<ReadOnlyMemory<byte>>> answer) => _backplane.Questions.Answer(answer);

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>?> AskAsync(string run, ReadOnlyMemory<byte> question, TimeSpan patience, CancellationToken cancel)
    {
        // Any partition will do, as long as it answers.
        var links = _backplane.Links;
        var first = Interlocked.Increment(ref _asked) & int.MaxValue;
        for (var i = 0; i < links.Count; i++)
        {
            if (links[(first + i) % links.Count] is { IsAway: false } link)
                return await _backplane.Questions.AskAsync(link, run, question, patience, cancel);
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask<NodeListing?> ListOthersAsync()
    {
        try
        {
            var runs = await Client.ExecuteAsync("SMEMBERS", Index, new ScriptArguments());
            var others = new List<NodeRecord>();
            for (var i = 0; i < runs.Count; i++)
            {
                var run = runs[i].Text;
                if (run == _backplane.Node.Run)
                    continue;
                var record = await Client.ExecuteAsync("GET", _prefix + run, new ScriptArguments());
                if (record.Bytes.Length == 0)
                    await Client.ExecuteAsync("SREM", Index, new ScriptArguments().Add(run));
                else if (Read(record.Bytes) is { } node)
                    others.Add(node);
            }

            return _last = new NodeListing(others, IsCurrent: true);
        }
        catch (RedisFaultException)
        {
            // The backplane says what is wrong.
            return _last is { } last ? last with { IsCurrent = false } : null;
        }
    }

    /// <summary>Takes this node out of the list.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_timer is null)
            return;
        await _timer.DisposeAsync();
        _timer = null;
        try
        {
            if (_backplane.IsReady)
                await Client.ExecuteAsync("DEL", OwnKey, new ScriptArguments());
        }
        catch (RedisFaultException fault)
        {
            Log.BeatFailed(_logger, fault.Message);
        }
    }

    private NodeRecord? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, NodeRecordJson.Default.NodeRecord);
        }
        catch (JsonException error)
        {
            Log.BadRecord(_logger, error.Message);
            return null;
        }
    }

    /// <summary>Renews the key. Never throws.</summary>
    private async Task BeatAsync()
    {
        if (Interlocked.Exchange(ref _isBeating, 1) != 0)
            return;
        try
        {
            var self = _self!() with { Run = _backplane.Node.Run, Seen = _time.GetUtcNow() }; // Set before the timer.
            var json = JsonSerializer.SerializeToUtf8Bytes(self, NodeRecordJson.Default.NodeRecord);
            await Client.ExecuteAsync("SET", OwnKey, new ScriptArguments().Add((ReadOnlyMemory<byte>)json).Add("PX").Add((long)Lifetime.TotalMilliseconds));
            await Client.ExecuteAsync("SADD", Index, new ScriptArguments().Add(_backplane.Node.Run));
            // Who the others are is known then when Redis goes away.
            await ListOthersAsync();
        }
        catch (RedisFaultException fault)
        {
            Log.BeatFailed(_logger, fault.Message);
        }
        finally
        {
            Volatile.Write(ref _isBeating, 0);
        }
    }
}
