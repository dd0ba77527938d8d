using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Stubs;

namespace GripProxy.GameDay.Tests.Stubs;

/// <summary>Customers that read slowly, and such that come and go; by a clock of the test.</summary>
public sealed class ListeningStubTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _items = new(0);
    private readonly ConcurrentQueue<string> _failures = new();
    private FakeTarget _target = null!; // Set before each test.

    public async Task InitializeAsync() => _target = await FakeTarget.StartAsync();

    public Task DisposeAsync() => _target.DisposeAsync().AsTask();

    [Fact]
    public async Task PLG53_Slow_ReadsNoMoreThanItsBytesASecond()
    {
        using var clock = new Clock(static due => due <= TimeSpan.FromSeconds(1));
        await using var stub = Stub(new StubPlan { Name = "slow", Listen = ["events.big"], Slow = 100 }, clock);
        await stub.StartAsync(CancellationToken.None);

        await SendAsync(new string('x', 2000));

        Assert.True(await _items.WaitAsync(Patience));
        Assert.All(clock.Waits, static wait => Assert.InRange(wait, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)));
        Assert.True(clock.Waits.Sum(static wait => wait.TotalSeconds) >= 19, $"it waited {clock.Waits.Count} times only");
    }

    [Fact]
    public async Task PLG53_Flap_LeavesAndComesBack_WhichIsNoFailure()
    {
        using var clock = new Clock(static due => due == TimeSpan.FromSeconds(7)) { FiresAtOnce = false };
        await using var stub = Stub(new StubPlan { Name = "flap", Listen = ["events.big"], Flap = 7 }, clock);
        await stub.StartAsync(CancellationToken.None);

        for (var round = 0; round < 3; round++)
        {
            Assert.True(await _target.Listening.WaitAsync(Patience));
            await SendAsync("small");
            Assert.True(await _items.WaitAsync(Patience));
            clock.Fire();
        }

        Assert.True(await _target.Listening.WaitAsync(Patience));
        Assert.Empty(_failures);
    }

    private StubCustomers Stub(StubPlan plan, TimeProvider time) => new(
        plan, new TargetPlan { Ingest = new Uri(_target.Url), Stream = _target.Url + "/stream/{channel}", Key = "key-of-t" }, [],
        new StubCounts(() => _items.Release(), static () => { }, static () => { }, _failures.Enqueue), time);

    private async Task SendAsync(string text)
    {
        using var http = new HttpClient();
        var body = new JsonObject { ["api_key"] = "key-of-t", ["batch"] = new JsonArray(new JsonObject { ["event"] = "big", ["distinct_id"] = "ann", ["text"] = text }) };
        using var answer = await http.PostAsync(new Uri(_target.Url + "/batch/"), new StringContent(body.ToJsonString()));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>The system's clock, but some timers fire at once, or when the test says so.</summary>
    private sealed class Clock(Func<TimeSpan, bool> isMine) : TimeProvider, IDisposable
    {
        private readonly BlockingCollection<Action> _waiting = [];

        public bool FiresAtOnce { get; init; } = true;

        public ConcurrentQueue<TimeSpan> Waits { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.Zero || !isMine(dueTime))
                return base.CreateTimer(callback, state, dueTime, period);
            Waits.Enqueue(dueTime);
            if (FiresAtOnce)
                return base.CreateTimer(callback, state, TimeSpan.Zero, period);
            _waiting.Add(() => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }

        public void Fire() => _waiting.Take()();

        public void Dispose() => _waiting.Dispose();
    }
}
