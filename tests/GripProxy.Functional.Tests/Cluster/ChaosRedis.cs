using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>Redis with a replica, to which bad things happen. Owned by one test.</summary>
public sealed class ChaosRedis : IAsyncDisposable
{
    private RedisServer _master;
    private RedisServer _replica;

    private ChaosRedis(RedisServer master, RedisServer replica)
    {
        _master = master;
        _replica = replica;
        Address = $"{master.Address},{replica.Address}";
    }

    public string Address { get; }

    public int Kills { get; private set; }

    public int Pauses { get; private set; }

    public int Failovers { get; private set; }

    public static async Task<ChaosRedis> StartAsync()
    {
        ChaosRedis redis = new(await RedisServer.StartDurableAsync(), await RedisServer.StartDurableAsync());
        await redis._replica.FollowAsync(redis._master);
        return redis;
    }

    /// <summary>Lets one thing happen, and returns when Redis is whole again.</summary>
    public async Task SufferAsync(Random random, CancellationToken stop)
    {
        TimeSpan length = TimeSpan.FromMilliseconds(random.Next(100, 3000));
        switch (random.Next(3))
        {
            case 0:
                Kills++;
                await _master.KillAsync();
                await WaitAsync(length, stop);
                await _master.StartAgainAsync();
                break;
            case 1:
                Pauses++;
                _master.Pause();
                await WaitAsync(length, stop);
                _master.Resume();
                break;
            default:
                Failovers++;
                await FailOverAsync();
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        await _replica.DisposeAsync();
    }

    /// <summary>The master is gone without warning; the replica takes over, and the other one follows it when it comes back.</summary>
    private async Task FailOverAsync()
    {
        await _replica.FollowAsync(_master);
        await _master.KillAsync();
        await _replica.AskAsync("REPLICAOF", "NO", "ONE");
        (_master, _replica) = (_replica, _master);
        await _replica.StartAgainAsync($"127.0.0.1 {_master.Port}");
    }

    private static async Task WaitAsync(TimeSpan length, CancellationToken stop)
    {
        try
        {
            await Task.Delay(length, TimeProvider.System, stop);
        }
        catch (OperationCanceledException)
        {
            // The end of the test puts Redis in order too.
        }
    }
}
