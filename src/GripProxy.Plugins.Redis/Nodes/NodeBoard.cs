using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using GripProxy.Plugins.Nodes;
using GripProxy.Redis.Client;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Redis.Nodes;

/// <summary>
/// What the nodes say of their plugins, each under a key that ends by itself when its node does not renew it: at once when something has changed, and every
/// three seconds. Thread-safe; one loop writes. Owned by the cluster.
/// </summary>
internal sealed partial class NodeBoard : IAsyncDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _words = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly RedisClient _client;
    private readonly ILogger _logger;
    private readonly string _run = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 12);
    private readonly string _key;
    private readonly ITimer _beat;
    private readonly Task _telling;

    /// <summary>Says from now on what this node says of itself.</summary>
    public NodeBoard(RedisClient client, string prefix, Func<NodeReport> self, TimeProvider time, ILogger<NodeBoard> logger)
    {
        _client = client;
        _logger = logger;
        _key = $"{prefix}:{{state}}:node";
        _beat = time.CreateTimer(static board => ((NodeBoard)board!).Tell(), this, TimeSpan.Zero, Heartbeat);
        _telling = TellAsync(self);
    }

    private string Index => $"{_key}s";

    private string OwnKey => $"{_key}:{_run}";

    /// <summary>Says it anew as soon as it can: something has changed.</summary>
    public void Tell() => _words.Writer.TryWrite(true);

    /// <summary>What the others say.</summary>
    /// <exception cref="RedisFaultException">Redis does not answer.</exception>
    public async Task<IReadOnlyList<NodeReport>> ReadOthersAsync()
    {
        var runs = await _client.ExecuteAsync("SMEMBERS", Index, new ScriptArguments());
        List<NodeReport> others = [];
        for (var i = 0; i < runs.Count; i++)
        {
            var run = runs[i].Text;
            if (run == _run)
                continue;
            var json = (await _client.ExecuteAsync("GET", $"{_key}:{run}", new ScriptArguments())).Bytes;
            if (json.IsEmpty)
                await _client.ExecuteAsync("SREM", Index, new ScriptArguments().Add(run));
            else if (Read(json) is { } report)
                others.Add(report);
        }

        return others;
    }

    /// <summary>Takes this node off the board.</summary>
    public async ValueTask DisposeAsync()
    {
        await _beat.DisposeAsync();
        _words.Writer.TryComplete();
        await _telling;
        try
        {
            await _client.ExecuteAsync("DEL", OwnKey, new ScriptArguments());
        }
        catch (RedisFaultException fault)
        {
            // It ends by itself.
            Log.NotTold(_logger, fault.Message);
        }
    }

    private NodeReport? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, PluginJson.Default.NodeReport);
        }
        catch (JsonException e)
        {
            Log.BadReport(_logger, e.Message);
            return null;
        }
    }

    private async Task TellAsync(Func<NodeReport> self)
    {
        await foreach (var _ in _words.Reader.ReadAllAsync())
        {
            try
            {
                ReadOnlyMemory<byte> json = JsonSerializer.SerializeToUtf8Bytes(self(), PluginJson.Default.NodeReport);
                await _client.ExecuteAsync("SET", OwnKey, new ScriptArguments().Add(json).Add("PX").Add((long)Lifetime.TotalMilliseconds));
                await _client.ExecuteAsync("SADD", Index, new ScriptArguments().Add(_run));
            }
            catch (RedisFaultException fault)
            {
                // The next beat says it.
                Log.NotTold(_logger, fault.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7985, LogLevel.Debug, "the other nodes are not told of the plugins here: {Reason}", EventName = "NodeReportNotTold")]
        public static partial void NotTold(ILogger logger, string reason);

        [LoggerMessage(7986, LogLevel.Warning, "what another node says of its plugins cannot be read: {Reason}", EventName = "BadNodeReport")]
        public static partial void BadReport(ILogger logger, string reason);
    }
}
