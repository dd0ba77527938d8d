using System.Text;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Queue.Sqlite;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Queue;

/// <summary>Dead letters are found, tried again and thrown away (plugins.md §8.3).</summary>
public sealed class DeadLetterTests : IAsyncLifetime
{
    private const string Signup = """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ab","event":"signup","distinct_id":"anna"}""";
    private const string Login = """{"uuid":"0192f0c1-2a7b-7def-8000-0123456789ac","event":"login","distinct_id":"berta"}""";

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly List<int> _woken = [];
    private readonly SqliteEventQueue _queue;

    public DeadLetterTests()
    {
        _queue = new SqliteEventQueue(_folder.File("events.db"), fullSync: false, new QueueLimits(), _time, NullLogger<SqliteEventQueue>.Instance);
        _queue.DeadLetters.Replayed = _woken.Add;
    }

    [Fact]
    public async Task PLG11_DeadLetters_AreListedByFilterAndReadWhole()
    {
        await BuryEventAsync(Signup, new DeadLetterReason("chain", 1, "Error: boom", "Error: boom\n at index.js:1:2"));
        _time.Advance(TimeSpan.FromMinutes(1));
        await BuryWorkAsync("onEvent", PostLine.Events, "RetryError: no", Login);
        await BuryWorkAsync("jobs.clean", PostLine.Jobs, "Error: never", """{"n":1}""");

        Assert.Equal(["chain", "onEvent", "job"], List(DeadLetterFilter.All).Select(letter => letter.Stage));
        Assert.Equal(["signup", "login", "clean"], List(DeadLetterFilter.All).Select(letter => letter.Event));
        Assert.Equal(["onEvent"], List(new DeadLetterFilter { Stage = "onEvent" }).Select(letter => letter.Stage));
        Assert.Equal(["onEvent", "job"], List(new DeadLetterFilter { Install = 7 }).Select(letter => letter.Stage));
        Assert.Equal(["chain"], List(new DeadLetterFilter { Event = "signup" }).Select(letter => letter.Stage));
        Assert.Equal(2, _queue.DeadLetters.Count(1, new DeadLetterFilter { Since = _time.GetUtcNow() }));
        Assert.Equal(["job"], _queue.DeadLetters.List(1, DeadLetterFilter.All, after: 2, limit: 10).Select(letter => letter.Stage));
        Assert.Empty(_queue.DeadLetters.List(2, DeadLetterFilter.All, 0, 10));

        var letter = _queue.DeadLetters.Get(1, 1)!;
        Assert.Equal((1, 1, 0, "Error: boom"), (letter.Install, letter.Attempts, letter.Replayed, letter.Error));
        Assert.Equal("Error: boom\n at index.js:1:2", letter.Stack);
        Assert.Equal(Signup, Text(letter.Body));
        Assert.Null(_queue.DeadLetters.Get(2, 1));
    }

    [Fact]
    public async Task PLG11_Replay_OfAnEvent_PutsItIntoTheChainAgainWithItsUuidAndCount()
    {
        await BuryEventAsync(Signup, new DeadLetterReason("chain", 1, "boom"));

        Assert.Equal(1, await _queue.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: false, perSecond: 0));

        Assert.Equal([1], _woken);
        Assert.Equal(0, _queue.DeadLetters.Count(1, DeadLetterFilter.All));
        var back = Assert.Single(await _queue.ReadAsync(1, 0, 10));
        Assert.Equal(("anna", 0, 1, Signup), (back.Key, back.Attempts, back.Replayed, Text(back.Body)));

        await _queue.BuryAsync(back, new DeadLetterReason("chain", 1, "boom again"));
        Assert.Equal(1, Assert.Single(List(DeadLetterFilter.All)).Replayed);
    }

    [Fact]
    public async Task PLG11_Replays_AtTheSameTime_PutALetterBackOnce()
    {
        for (var i = 0; i < 150; i++)
            await BuryEventAsync(Signup, new DeadLetterReason("chain", 1, "boom"));

        var replays = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await _queue.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: false, perSecond: 0))));

        Assert.Equal(150, replays.Sum());
        Assert.Equal(150, (await _queue.ReadAsync(1, 0, 1000)).Count);
    }

    [Fact]
    public async Task PLG11_Replay_FromTheStage_DoesOnlyThatAgain()
    {
        await BuryWorkAsync("exportEvents", PostLine.Exports, "Error: no", Signup, Login);
        await BuryWorkAsync("jobs.clean", PostLine.Jobs, "Error: no", """{"n":1}""");
        await BuryWorkAsync("webhook", PostLine.Events, "410", """{"url":"http://example.com"}""");

        Assert.Equal(3, await _queue.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: false, perSecond: 0));

        Assert.Empty(await _queue.ReadAsync(1, 0, 10));
        Assert.Equal([Signup, Login], _queue.Post.ReadBuffer(new PostLineOf(1, 7, PostLine.Exports), 10_000).Select(work => Text(work.Body)));
        var job = Assert.Single(_queue.Post.List(1, 7, PostLine.Jobs, 0, 10));
        Assert.Equal(("jobs.clean", """{"n":1}""", 1), (job.Method, Text(job.Body), job.Replayed));
        Assert.Equal("webhook", Assert.Single(_queue.Post.List(1, 7, PostLine.Events, 0, 10)).Method);
        Assert.Equal(4, _queue.Usage(1).Events);
    }

    [Fact]
    public async Task PLG11_Replay_FromTheStart_TakesEventsThroughTheChain()
    {
        await BuryWorkAsync("exportEvents", PostLine.Exports, "Error: no", Signup, Login);

        await _queue.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: true, perSecond: 0);

        Assert.Equal(["anna", "berta"], (await _queue.ReadAsync(1, 0, 10)).Select(one => one.Key));
        Assert.Equal(0, _queue.Post.Count(1));
    }

    [Fact]
    public async Task PLG11_Replay_WithARate_SpreadsThemAndReturnsOnlyThoseThatAreMeant()
    {
        for (var i = 0; i < 250; i++)
            await BuryEventAsync(Signup, new DeadLetterReason("chain", 1, "boom"));
        await BuryEventAsync(Login, new DeadLetterReason("chain", 1, "boom"));

        Assert.Equal(250, await _queue.DeadLetters.ReplayAsync(1, new DeadLetterFilter { Event = "signup" }, fromStart: false, perSecond: 10));

        var back = await _queue.ReadAsync(1, 0, 1000);
        Assert.Equal(250, back.Count);
        Assert.Null(back[0].NotBefore);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMilliseconds(24_900), back[^1].NotBefore!.Value);
        Assert.Equal("login", Assert.Single(List(DeadLetterFilter.All)).Event);
    }

    [Fact]
    public async Task PLG11_Replay_IntoAFullQueue_LeavesTheRestWhereItIs()
    {
        await using var small = new SqliteEventQueue(
            _folder.File("small.db"), fullSync: false, new QueueLimits(Events: 1), _time, NullLogger<SqliteEventQueue>.Instance);
        await small.EnqueueAsync([Event(Signup)]);
        await small.BuryAsync((await small.ReadAsync(1, 0, 1))[0], new DeadLetterReason("chain", 1, "boom"));
        await small.EnqueueAsync([Event(Login)]);

        Assert.Equal(0, await small.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: false, perSecond: 0));

        Assert.Equal(1, small.DeadLetters.Count(1, DeadLetterFilter.All));
    }

    [Fact]
    public async Task PLG11_Delete_ThrowsAwayWhatIsMeant()
    {
        await BuryEventAsync(Signup, new DeadLetterReason("chain", 1, "boom"));
        await BuryEventAsync(Login, new DeadLetterReason("routing", 0, "boom"));

        Assert.Equal(1, await _queue.DeadLetters.DeleteAsync(1, new DeadLetterFilter { Ids = [1] }));
        Assert.Equal(0, await _queue.DeadLetters.DeleteAsync(2, DeadLetterFilter.All));
        Assert.Equal("routing", Assert.Single(List(DeadLetterFilter.All)).Stage);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _queue.DisposeAsync();
        _folder.Dispose();
    }

    private IReadOnlyList<DeadLetter> List(DeadLetterFilter filter) => _queue.DeadLetters.List(1, filter, 0, 10);

    private async Task BuryEventAsync(string body, DeadLetterReason reason)
    {
        await _queue.EnqueueAsync([Event(body)]);
        await _queue.BuryAsync((await _queue.ReadAsync(1, 0, 1))[0], reason);
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
                Created = _time.GetUtcNow(),
                Due = _time.GetUtcNow(),
                Body = Encoding.UTF8.GetBytes(body),
            };
            works.Add(work with { Id = (await _queue.Post.AddAsync(work)).Id });
        }

        var stage = line == PostLine.Jobs ? "job" : method;
        Assert.True(await _queue.Post.BuryAsync(works, new DeadLetterReason(stage, 7, error)));
    }

    private static QueuedEvent Event(string body) =>
        new() { Tenant = 1, Key = "k", Received = DateTimeOffset.UnixEpoch, Body = Encoding.UTF8.GetBytes(body) };

    private static string Text(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span);
}
