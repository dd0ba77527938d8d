using System.Collections.Concurrent;
using System.Security.Cryptography;
using GripProxy.Redis.Client;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Redis.Leases;

/// <summary>
/// Leases in Redis: each a key that ends by itself. One loop renews all that are held; one whose renewal is not answered ends here before it ends there, so that no
/// two nodes hold it (plugins.md §12.4). Thread-safe. Owned by the cluster.
/// </summary>
internal sealed partial class RedisLeaseStore : IAsyncDisposable
{
    /// <summary>How long Redis keeps a lease that is not renewed.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(15);

    /// <summary>How long its holder does: less, because the clocks and the way take their time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Lease, bool> _held = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly RedisScript _script;
    private readonly string _keys;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _renewing;

    /// <summary>Holds nothing yet.</summary>
    /// <param name="client">The Redis.</param>
    /// <param name="prefix">Beginning of every key.</param>
    /// <param name="node">This run of this node; no other has the same.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public RedisLeaseStore(RedisClient client, string prefix, string node, TimeProvider time, ILogger<RedisLeaseStore> logger)
    {
        _script = new RedisScript(client, "leases.lua");
        _keys = $"{prefix}:{{leases}}:";
        _node = node;
        _time = time;
        _logger = logger;
        _renewing = RenewAsync();
    }

    /// <summary>A node that is known to be dead, whose leases need not end by themselves; or empty. It is told once: who takes leases by this name later is alive.</summary>
    public string Predecessor { get; set; } = "";

    /// <summary>This run of this node.</summary>
    public string Node => _node;

    /// <summary>Takes a lease that nobody holds. It is renewed until it is disposed of or lost.</summary>
    /// <param name="name">What it is for; the same on all nodes.</param>
    /// <returns>Null: somebody holds it.</returns>
    /// <exception cref="RedisFaultException">Redis is away.</exception>
    public async Task<Lease?> TryTakeAsync(string name)
    {
        var token = $"{_node}/{RandomNumberGenerator.GetHexString(16)}";
        // From here it counts: Redis begins later.
        var asked = _time.GetTimestamp();
        var epoch = await RunAsync("take", name, token, (long)Lifetime.TotalMilliseconds);
        if (epoch == 0)
            return null;
        var lease = new Lease(name, token, epoch, Patience, _time, ReleaseAsync);
        lease.Renewed(asked);
        _held[lease] = true;
        return lease;
    }

    /// <summary>Says that this node is there, and looks who else is and who holds some leases.</summary>
    /// <param name="names">The leases.</param>
    /// <returns>The nodes, and of each lease the node that holds it, or an empty text.</returns>
    /// <exception cref="RedisFaultException">Redis is away.</exception>
    public async Task<(IReadOnlyList<string> Nodes, IReadOnlyList<string> Holders)> LookAsync(IEnumerable<string> names)
    {
        var arguments = new ScriptArguments().Add("look").Add(_node).Add((long)Lifetime.TotalMilliseconds).Add(Predecessor);
        foreach (var name in names)
            arguments.Add(name);
        var reply = await _script.RunAsync(_keys, arguments);
        Predecessor = "";
        return (Texts(reply[0]), [.. Texts(reply[1]).Select(static token => token[..Math.Max(0, token.LastIndexOf('/'))])]);
    }

    /// <summary>Gives back what is still held, and says that this node is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _renewing;
        foreach (var lease in _held.Keys)
            await lease.DisposeAsync();
        try
        {
            await _script.RunAsync(_keys, new ScriptArguments().Add("leave").Add(_node));
        }
        catch (RedisFaultException fault)
        {
            Log.NotReleased(_logger, _node, fault.Message);
        }

        _stopping.Dispose();
    }

    private static List<string> Texts(Reply list) => [.. Enumerable.Range(0, list.Count).Select(i => list[i].Text)];

    private async Task<long> RunAsync(string operation, string name, string token, long milliseconds) =>
        (await _script.RunAsync(_keys, new ScriptArguments().Add(operation).Add(name).Add(token).Add(milliseconds))).Number;

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(Look, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                foreach (var lease in _held.Keys.Where(static lease => !lease.IsHeld))
                    Lose(lease);
                List<Lease> due = [.. _held.Keys.Where(static lease => lease.Age >= Renewal)];
                if (due.Count > 0)
                    await TryRenewAsync(due);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task TryRenewAsync(List<Lease> due)
    {
        var asked = _time.GetTimestamp();
        var arguments = new ScriptArguments().Add("renew").Add((long)Lifetime.TotalMilliseconds);
        foreach (var lease in due)
            arguments.Add(lease.Name).Add(lease.Token);
        try
        {
            var held = await _script.RunAsync(_keys, arguments);
            for (var i = 0; i < due.Count; i++)
            {
                if (held[i].Number == 1)
                    due[i].Renewed(asked);
                if (due[i].IsHeld && held[i].Number == 1)
                    continue;
                Lose(due[i]);
                // One that was renewed too late would stand in the way of others.
                if (held[i].Number == 1)
                    await GiveBackAsync(due[i]);
            }
        }
        catch (RedisFaultException fault)
        {
            Log.NotRenewed(_logger, due.Count, fault.Message);
        }
    }

    private void Lose(Lease lease)
    {
        if (!_held.TryRemove(lease, out _))
            return;
        lease.Lose();
        Log.Lost(_logger, lease.Name);
    }

    private async Task ReleaseAsync(Lease lease)
    {
        if (_held.TryRemove(lease, out _))
            await GiveBackAsync(lease);
    }

    // Where it cannot be given back it ends by itself.
    private async Task GiveBackAsync(Lease lease)
    {
        try
        {
            await RunAsync("release", lease.Name, lease.Token, 0);
        }
        catch (RedisFaultException fault)
        {
            Log.NotReleased(_logger, lease.Name, fault.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7900, LogLevel.Warning, "{Count} leases of plugins were not renewed: {Reason}", EventName = "LeaseNotRenewed")]
        public static partial void NotRenewed(ILogger logger, int count, string reason);

        [LoggerMessage(7901, LogLevel.Warning, "lease {Name} is lost; another node may take it", EventName = "LeaseLost")]
        public static partial void Lost(ILogger logger, string name);

        [LoggerMessage(7902, LogLevel.Debug, "{Name} was not given back and ends by itself: {Reason}", EventName = "LeaseNotReleased")]
        public static partial void NotReleased(ILogger logger, string name, string reason);
    }
}
