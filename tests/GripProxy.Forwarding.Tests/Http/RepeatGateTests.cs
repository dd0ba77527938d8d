using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Tests.Support;
using GripProxy.Protocol.Items;

namespace GripProxy.Forwarding.Tests.Http;

public sealed class RepeatGateTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private const string Hold = "HTTP/1.1 200 OK\r\nGrip-Hold: response\r\nGrip-Channel: c\r\nContent-Length: 0\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private const string Endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n";

    [Fact]
    public async Task Enter_PlaceLeftTwice_LetsOneIn()
    {
        var gate = new RepeatGate(new ForwardingOptions { RepeatsAtOnce = 1 });
        var first = await gate.EnterAsync("a", CancellationToken.None);
        var second = gate.EnterAsync("a", CancellationToken.None);
        var third = gate.EnterAsync("a", CancellationToken.None);
        Assert.False(second.IsCompleted);

        first.Dispose();
        first.Dispose();

        using var place = await second.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(third.IsCompleted);
    }

    [Fact]
    public async Task Enter_WhoWaitedLeaves_TheNextIsLetIn()
    {
        var gate = new RepeatGate(new ForwardingOptions { RepeatsAtOnce = 1 });
        var first = await gate.EnterAsync("a", CancellationToken.None);
        using var cancellation = new CancellationTokenSource();
        var second = gate.EnterAsync("a", cancellation.Token);
        var third = gate.EnterAsync("a", CancellationToken.None);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();

        using var place = await third.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(gate.EnterAsync("a", CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Handle_OriginThatDoesNotAnswer_KeepsNobodyOutOfAnother()
    {
        const int polls = 2;
        var held = new Arrivals(polls);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var silent = RawOrigin.Serving(async connection =>
        {
            await connection.ReadRequestAsync();
            while (held.Add())
            {
                await connection.SendAsync(Hold);
                await connection.ReadRequestAsync();
            }

            asked.TrySetResult();
            await connection.ReadRequestAsync();
        });
        var first = new Arrivals(1);
        await using var quick = RawOrigin.Serving(async connection =>
        {
            while (true)
            {
                await connection.ReadRequestAsync();
                await connection.SendAsync(first.Add() ? Hold.Replace("c\r", "d\r", StringComparison.Ordinal) : Ok);
            }
        });
        await using var front = await ProxyFront.StartAsync(
            new ForwardingOptions { RepeatsAtOnce = 1 }, $"silent.test {silent.Address}", $"* {quick.Address}");
        var waiting = await HoldAsync(front, polls, Get.Replace("h\r", "silent.test\r", StringComparison.Ordinal));
        var other = (await HoldAsync(front, 1))[0];

        front.Publish(new Item { Channel = "c", HttpResponse = new HttpResponseFormat { Action = ItemAction.Hint } });
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        front.Publish(new Item { Channel = "d", HttpResponse = new HttpResponseFormat { Action = ItemAction.Hint } });

        Assert.Equal("ok", (await other.ReadResponseAsync()).Body);
        await other.DisposeAsync();
        foreach (var client in waiting)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Handle_AllHoldsOfAChannelAskAgain_TwoAtATime()
    {
        const int polls = 6;
        var held = new Arrivals(polls);
        var there = 0;
        var most = 0;
        var pair = new Arrivals(2);
        await using var origin = RawOrigin.Serving(async connection =>
        {
            while (true)
            {
                await connection.ReadRequestAsync();
                if (held.Add())
                {
                    await connection.SendAsync(Hold);
                    continue;
                }

                var now = Interlocked.Increment(ref there);
                InterlockedMax(ref most, now);
                await pair.AddAndWaitAsync();
                Interlocked.Decrement(ref there);
                await connection.SendAsync(Ok);
            }
        });
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { RepeatsAtOnce = 2 }, $"* {origin.Address}");
        var clients = await HoldAsync(front, polls);

        front.Publish(new Item { Channel = "c", HttpResponse = new HttpResponseFormat { Action = ItemAction.Hint } });

        foreach (var client in clients)
        {
            Assert.Equal("ok", (await client.ReadResponseAsync()).Body);
            await client.DisposeAsync();
        }

        Assert.Equal(2, most);
    }

    [Fact]
    public async Task Handle_RepeatsWhoseAnswersNeverEnd_KeepNobodyOut()
    {
        const int polls = 3;
        var held = new Arrivals(polls);
        await using var origin = RawOrigin.Serving(async connection =>
        {
            while (true)
            {
                await connection.ReadRequestAsync();
                await connection.SendAsync(held.Add() ? Hold : Endless);
            }
        });
        await using var front = await ProxyFront.StartAsync(new ForwardingOptions { RepeatsAtOnce = 1 }, $"* {origin.Address}");
        var clients = await HoldAsync(front, polls);

        front.Publish(new Item { Channel = "c", HttpResponse = new HttpResponseFormat { Action = ItemAction.Hint } });

        foreach (var client in clients)
        {
            await client.ReadUntilAsync("2\r\nok\r\n");
            await client.DisposeAsync();
        }
    }

    private static async Task<List<RawClient>> HoldAsync(ProxyFront front, int polls, string request = Get)
    {
        var clients = new List<RawClient>();
        for (var i = 0; i < polls; i++)
        {
            clients.Add(await front.ConnectAsync());
            await clients[i].SendAsync(request);
            await front.Logs.NextAsync("JoinSequence");
        }

        return clients;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    /// <summary>Counts who comes, and lets those who wait go on in groups.</summary>
    private sealed class Arrivals(int size)
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _group = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        /// <summary>True for the first group.</summary>
        public bool Add()
        {
            lock (_gate)
                return ++_count <= size;
        }

        /// <summary>Waits until the group is complete.</summary>
        public Task AddAndWaitAsync()
        {
            lock (_gate)
            {
                var group = _group;
                if (++_count % size == 0)
                {
                    group.SetResult();
                    _group = new(TaskCreationOptions.RunContinuationsAsynchronously);
                }

                return group.Task.WaitAsync(TimeSpan.FromSeconds(20));
            }
        }
    }
}
