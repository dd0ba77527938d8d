using System.Text;
using GripProxy.Plugins.Queue;

namespace GripProxy.Testing;

/// <summary>What every <see cref="IDeadLetters"/> does (plugins.md §8.3). Subclasses give a store.</summary>
public abstract class DeadLetterContract : IAsyncLifetime
{
    private const string Signup = """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","event":"signup","distinct_id":"anna"}""";
    private const string Login = """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ac","event":"login","distinct_id":"berta"}""";

    private readonly List<int> _woken = [];
    private IWorkStore? _store;

    /// <summary>The clock of the stores.</summary>
    private protected ManualTime Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(50));

    private IWorkStore Store => _store!; // Opened before each test.

    [Fact]
    public async Task PLG11_DeadLetters_AreListedByFilterAndReadWhole()
    {
        await BuryEventAsync(Signup, new DeadLetterReason("chain", 1, "Error: boom", "Error: boom\n at index.js:1:2"));
        Time.Advance(TimeSpan.FromMinutes(1));
        await BuryWorkAsync("onEvent", PostLine.Events, "RetryError: no", Login);
        await BuryWorkAsync("jobs.clean", PostLine.Jobs, "Error: never", """{"n":1}""");

        Assert.Equal(["chain", "onEvent", "job"], (await ListAsync(DeadLetterFilter.All)).Select(letter => letter.Stage));
        Assert.Equal(["signup", "login", "clean"], (await ListAsync(DeadLetterFilter.All)).Select(letter => letter.Event));
        Assert.Equal(["onEvent"], (await ListAsync(new DeadLetterFilter { Stage = "onEvent" })).Select(letter => letter.Stage));
        Assert.Equal(["onEvent", "job"], (await ListAsync(new DeadLetterFilter { Install = 7 })).Select(letter => letter.Stage));
        Assert.Equal(["chain"], (await ListAsync(new DeadLetterFilter { Event = "signup" })).Select(letter => letter.Stage));
        Assert.Equal(2, await Store.DeadLetters.CountAsync(1, new DeadLetterFilter { Since = Time.GetUtcNow() }));
        Assert.Equal(["job"], (await Store.DeadLetters.ListAsync(1, DeadLetterFilter.All, after: 2, limit: 10)).Select(letter => letter.Stage));
        Assert.Empty(await Store.DeadLetters.ListAsync(2, DeadLetterFilter.All, 0, 10));

        var letter = (await Store.DeadLetters.GetAsync(1, 1))!;
        Assert.Equal((1, 1, 0, "Error: boom"), (letter.Install, letter.Attempts, letter.Replayed, letter.Error));
        Assert.Equal("Error: boom\n at index.js:1:2", letter.Stack);
        Assert.Equal(Signup, Text(letter.Body));
        Assert.Null(await Store.DeadLetters.GetAsync(2, 1));
    }

    [Fact]
    public async Task PLG11_DeadLetters_WhereNoneAreKept_AreGoneAtOnce()
    {
        await using var none = await OpenAsync(new QueueLimits(DeadLetters: 0), "none");
        await none.EnqueueAsync([new QueuedEvent { Tenant = 1, Key = "anna", Received = Time.GetUtcNow(), Body = Encoding.UTF8.GetBytes(Signup) }]);

        Assert.True(await none.BuryAsync(Assert.Single(await none.ReadAsync(1, 0, 10)), new DeadLetterReason("chain", 1, "boom")));

        Assert.Empty(await none.DeadLetters.ListAsync(1, DeadLetterFilter.All, 0, 10));
        Assert.Empty(await none.ReadAsync(1, long.MaxValue, 10));
    }

    [Fact]
    public async Task PLG11_Replay_OfAnEvent_PutsItIntoTheChainAgainWithItsUuidAndCount()
    {
        await BuryEventAsync(Signup, new DeadLetterReason("chain", 1, "boom"));

        Assert.Equal(1, await Store.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: false, perSecond: 0));

        Assert.Equal([1], _woken);
        Assert.Equal(0, await Store.DeadLetters.CountAsync(1, DeadLetterFilter.All));
        var back = Assert.Single(await Store.ReadAsync(1, 0, 10));
        Assert.Equal(("anna", 0, 1, Signup), (back.Key, back.Attempts, back.Replayed, Text(back.Body)));

        await Store.BuryAsync(back, new DeadLetterReason("chain", 1, "boom again"));
        Assert.Equal(1, Assert.Single(await ListAsync(DeadLetterFilter.All)).Replayed);
    }

    [Fact]
    public async Task PLG11_Replays_AtTheSameTime_PutALetterBackOnce()
    {
        for (var i = 0; i < 150; i++)
            await BuryEventAsync(Signup, new DeadLetterReason("chain", 1, "boom"));

        var replays = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await Store.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: false, perSecond: 0))));

        Assert.Equal(150, replays.Sum());
        Assert.Equal(150, (await Store.ReadAsync(1, 0, 1000)).Count);
    }

    [Fact]
    public async Task PLG11_Replay_FromTheStage_DoesOnlyThatAgain()
    {
        await BuryWorkAsync("exportEvents", PostLine.Exports, "Error: no", Signup, Login);
        await BuryWorkAsync("jobs.clean", PostLine.Jobs, "Error: no", """{"n":1}""");
        await BuryWorkAsync("webhook", PostLine.Events, "410", """{"url":"http://example.com"}""");

        Assert.Equal(3, await Store.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: false, perSecond: 0));

        Assert.Empty(await Store.ReadAsync(1, 0, 10));
        Assert.Equal([Signup, Login], (await Store.Post.ReadBufferAsync(new PostLineOf(1, 7, PostLine.Exports), 10_000)).Select(work => Text(work.Body)));
        var job = Assert.Single(await Store.Post.ListAsync(1, 7, PostLine.Jobs, 0, 10));
        Assert.Equal(("jobs.clean", """{"n":1}""", 1), (job.Method, Text(job.Body), job.Replayed));
        Assert.Equal("webhook", Assert.Single(await Store.Post.ListAsync(1, 7, PostLine.Events, 0, 10)).Method);
        Assert.Equal(4, Store.Usage(1).Events);
    }

    [Fact]
    public async Task PLG11_Replay_FromTheStart_TakesEventsThroughTheChain()
    {
        await BuryWorkAsync("exportEvents", PostLine.Exports, "Error: no", Signup, Login);

        await Store.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: true, perSecond: 0);

        Assert.Equal(["anna", "berta"], (await Store.ReadAsync(1, 0, 10)).Select(one => one.Key));
        Assert.Equal(0, Store.Post.Count(1));
    }

    [Fact]
    public async Task PLG11_Replay_WithARate_SpreadsThemAndReturnsOnlyThoseThatAreMeant()
    {
        for (var i = 0; i < 250; i++)
            await BuryEventAsync(Signup, new DeadLetterReason("chain", 1, "boom"));
        await BuryEventAsync(Login, new DeadLetterReason("chain", 1, "boom"));

        Assert.Equal(250, await Store.DeadLetters.ReplayAsync(1, new DeadLetterFilter { Event = "signup" }, fromStart: false, perSecond: 10));

        var back = await Store.ReadAsync(1, 0, 1000);
        Assert.Equal(250, back.Count);
        Assert.Null(back[0].NotBefore);
        Assert.Equal(Time.GetUtcNow() + TimeSpan.FromMilliseconds(24_900), back[^1].NotBefore!.Value);
        Assert.Equal("login", Assert.Single(await ListAsync(DeadLetterFilter.All)).Event);
    }

    [Fact]
    public async Task PLG11_Replay_IntoAFullQueue_LeavesTheRestWhereItIs()
    {
        await using var small = await OpenAsync(new QueueLimits(Events: 1), "small");
        await small.EnqueueAsync([Event(Signup)]);
        await small.BuryAsync((await small.ReadAsync(1, 0, 1))[0], new DeadLetterReason("chain", 1, "boom"));
        await small.EnqueueAsync([Event(Login)]);

        Assert.Equal(0, await small.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: false, perSecond: 0));

        Assert.Equal(1, await small.DeadLetters.CountAsync(1, DeadLetterFilter.All));
    }

    [Fact]
    public async Task PLG11_Delete_ThrowsAwayWhatIsMeant()
    {
        await BuryEventAsync(Signup, new DeadLetterReason("chain", 1, "boom"));
        await BuryEventAsync(Login, new DeadLetterReason("routing", 0, "boom"));

        Assert.Equal(1, await Store.DeadLetters.DeleteAsync(1, new DeadLetterFilter { Ids = [1] }));
        Assert.Equal(0, await Store.DeadLetters.DeleteAsync(2, DeadLetterFilter.All));
        Assert.Equal("routing", Assert.Single(await ListAsync(DeadLetterFilter.All)).Stage);
    }

    [Fact]
    public async Task PLG11_DeadLetters_BeyondTheirNumberOrAge_GoOldestFirst()
    {
        var reason = new DeadLetterReason("chain", 1, "boom");
        var limits = new QueueLimits { DeadLetters = 2, DeadLetterDays = 14 };
        await using (var small = await OpenAsync(limits, "small"))
        {
            await small.EnqueueAsync([Event(Signup), Event(Signup), Event(Signup), Event(Login)]);
            await small.EnqueueAsync([Event(Signup) with { Tenant = 2 }]);
            foreach (var one in (await small.ReadAsync(1, 0, 100)).Take(3))
                await small.BuryAsync(one, reason);
            await small.BuryAsync((await small.ReadAsync(2, 0, 1))[0], reason);
            Assert.Equal((2, 1), (await small.DeadLetters.CountAsync(1, DeadLetterFilter.All), await small.DeadLetters.CountAsync(2, DeadLetterFilter.All)));
        }

        Time.Advance(TimeSpan.FromDays(15));
        await using var later = await OpenAsync(limits, "small");
        await later.BuryAsync(Assert.Single(await later.ReadAsync(1, 0, 10)), reason);

        Assert.Equal("login", Assert.Single(await later.DeadLetters.ListAsync(1, DeadLetterFilter.All, 0, 10)).Event);
        Assert.Equal(1, await later.DeadLetters.CountAsync(2, DeadLetterFilter.All));
    }

    public async Task InitializeAsync()
    {
        _store = await OpenAsync();
        _store.Woken = _woken.Add;
    }

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>Opens a store of this name.</summary>
    private protected abstract Task<IWorkStore> OpenAsync(QueueLimits? limits = null, string name = "events");

    private ValueTask<IReadOnlyList<DeadLetter>> ListAsync(DeadLetterFilter filter) => Store.DeadLetters.ListAsync(1, filter, 0, 10);

    private async Task BuryEventAsync(string body, DeadLetterReason reason)
    {
        await Store.EnqueueAsync([Event(body)]);
        await Store.BuryAsync((await Store.ReadAsync(1, 0, 1))[0], reason);
    }

    private async Task BuryWorkAsync(string method, PostLine line, string error, params string[] bodies)
    {
        List<PostWork> works = [];
        foreach (var body in bodies)
        {
            var work = new PostWork
            {
                Tenant = 1,
                Install = 7,
                Line = line,
                Method = method,
                Event = body == Login ? "login" : "signup",
                Created = Time.GetUtcNow(),
                Due = Time.GetUtcNow(),
                Body = Encoding.UTF8.GetBytes(body),
            };
            works.Add(work with { Id = (await Store.Post.AddAsync(work)).Id });
        }

        var stage = line == PostLine.Jobs ? "job" : method;
        Assert.True(await Store.Post.BuryAsync(works, new DeadLetterReason(stage, 7, error)));
    }

    private static QueuedEvent Event(string body) =>
        new() { Tenant = 1, Key = "k", Received = DateTimeOffset.UnixEpoch, Body = Encoding.UTF8.GetBytes(body) };

    private static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);
}
