using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Tests.Post;

/// <summary><c>exportEvents</c>: gathered, handed over in batches, tried again as they were (plugins.md §7.6).</summary>
public sealed class ExportTests
{
    private static readonly string[] Exports = ["exportEvents"];

    [Fact]
    public async Task PLG08_Events_AreExportedWhenTheOldestHasWaitedLongEnough()
    {
        var calls = new FakeCalls().With(1, Exports, """{"exportEventsBufferSeconds":"5","exportEventsToIgnore":"noise, more noise"}""");
        await using var stage = new TestStage(calls);
        stage.Stage.Start();
        await stage.PublishedAsync("a");
        await stage.PublishedAsync("noise");
        await stage.PublishedAsync("b");
        stage.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(calls.HasMore);
        await stage.PassAsync(TimeSpan.FromSeconds(0.1), () => calls.HasMore);

        var (install, method, batch) = await calls.CalledAsync();
        Assert.Equal((1, "exportEvents"), (install, method));
        Assert.Equal(["a", "b"], Names(batch));
        await stage.EmptyAsync();
    }

    [Fact]
    public async Task PLG08_Events_AreExportedWhenTheyAreManyBytes()
    {
        var calls = new FakeCalls().With(1, Exports, """{"exportEventsBufferBytes":200}""");
        await using var stage = new TestStage(calls);
        stage.Stage.Start();

        for (var i = 0; i < 7; i++)
            await stage.PublishedAsync($"e{i}", more: "\"x\":\"0123456789\"");

        // 70 bytes and a comma each: three would be too many.
        Assert.Equal(["e0", "e1"], Names((await calls.CalledAsync()).Argument));
        Assert.Equal(["e2", "e3"], Names((await calls.CalledAsync()).Argument));
        Assert.Equal(["e4", "e5"], Names((await calls.CalledAsync()).Argument));
        await TestStage.UntilAsync(() => stage.Queue.Post.Count(1) == 1);
    }

    [Fact]
    public async Task PLG08_Plugin_ThatHandlesLargeBatches_GetsThem()
    {
        var calls = new FakeCalls().With(1, ["exportEvents", "getSettings"]);
        calls.Answer = static (_, method, _) =>
            Task.FromResult<CallResult?>(method == "getSettings" ? new CallResult("""{"handlesLargeBatches":true}"""u8.ToArray(), null) : FakeCalls.Nothing);
        await using var stage = new TestStage(calls);
        stage.Stage.Start();
        var half = $"\"x\":\"{new string('x', 600_000)}\"";
        await stage.PublishedAsync("a", half);
        Assert.Equal("getSettings", (await calls.CalledAsync()).Method);
        await stage.PublishedAsync("b", half);
        await stage.PublishedAsync("c", half);
        Assert.False(calls.HasMore);
        await stage.PassAsync(TimeSpan.FromSeconds(10), () => calls.HasMore);

        Assert.Equal(["a", "b", "c"], Names((await calls.CalledAsync()).Argument));
    }

    [Fact]
    public async Task PLG08_Batch_ThatAsksForAnotherTry_ComesAgainAsItWas_AlsoAfterARestart()
    {
        var calls = new FakeCalls().With(1, Exports, """{"exportEventsBufferSeconds":1}""");
        calls.Answer = static (_, _, _) => Task.FromResult<CallResult?>(FakeCalls.Threw("RetryError", "503"));
        await using var stage = new TestStage(calls);
        stage.Stage.Start();
        await stage.PublishedAsync("a");
        await stage.PublishedAsync("b");
        await stage.PassAsync(TimeSpan.FromSeconds(1), () => calls.HasMore);
        Assert.Equal(["a", "b"], Names((await calls.CalledAsync()).Argument));
        var waiting = await stage.WaitingAsync(PostLine.Exports, work => work.Attempts == 1);
        Assert.InRange((waiting.Due - stage.Time.GetUtcNow()).TotalSeconds, 2.7, 3.3);

        calls.Answer = static (_, _, _) => Task.FromResult<CallResult?>(FakeCalls.Nothing);
        await stage.RestartAsync();
        await stage.PublishedAsync("c");
        await stage.PassAsync(TimeSpan.FromSeconds(1), () => stage.Queue.Post.Count(1) == 0);

        // In whichever order: by then both may be due.
        string[] batches = [string.Join(',', Names((await calls.CalledAsync()).Argument)), string.Join(',', Names((await calls.CalledAsync()).Argument))];
        Assert.Equal(["a,b", "c"], batches.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task PLG08_Batch_ThatFails_IsOneDeadLetterAtOnce_AndReplayed()
    {
        var calls = new FakeCalls().With(1, Exports, """{"exportEventsBufferBytes":1}""");
        calls.Answer = static (_, _, _) => Task.FromResult<CallResult?>(FakeCalls.Threw("Error", "400"));
        await using var stage = new TestStage(calls);
        stage.Stage.Start();
        await stage.PublishedAsync("a");
        await stage.EmptyAsync();
        var dead = Assert.Single(stage.Dead);
        Assert.Equal(("exportEvents", 1, "Error: 400", "a"), (dead.Stage, dead.Attempts, dead.Error, dead.Event));
        Assert.Equal(["a"], Names((await calls.CalledAsync()).Argument));

        calls.Answer = static (_, _, _) => Task.FromResult<CallResult?>(FakeCalls.Nothing);
        await stage.Queue.DeadLetters.ReplayAsync(1, DeadLetterFilter.All, fromStart: false, perSecond: 0);
        stage.Stage.Wake();

        Assert.Equal(["a"], Names((await calls.CalledAsync()).Argument));
        await stage.EmptyAsync();
        Assert.Empty(stage.Dead);
    }

    [Fact]
    public async Task PLG08_Batch_ThatAlwaysAsks_IsDeadAfterFifteenAttempts()
    {
        var calls = new FakeCalls().With(1, Exports, """{"exportEventsBufferBytes":1}""");
        calls.Answer = static (_, _, _) => Task.FromResult<CallResult?>(FakeCalls.Threw("RetryError", "503"));
        await using var stage = new TestStage(calls);
        stage.Stage.Start();
        await stage.PublishedAsync("a");

        for (var attempt = 1; attempt < 15; attempt++)
        {
            var waiting = await stage.WaitingAsync(PostLine.Exports, work => work.Attempts == attempt);
            // By hours, as the waits are: the store is told that the time has come.
            await stage.Queue.Post.UpdateAsync([waiting with { Due = stage.Time.GetUtcNow() }]);
            await stage.RestartAsync();
        }

        await TestStage.UntilAsync(() => stage.Dead.Count == 1);
        Assert.Equal(15, stage.Dead[0].Attempts);
    }

    [Fact]
    public async Task PLG08_Buffer_IsFlushedBeforeThePluginEnds_AndWhatFailsThenWaits()
    {
        var calls = new FakeCalls().With(1, Exports);
        await using var stage = new TestStage(calls);
        stage.Stage.Start();
        await stage.PublishedAsync("a");
        await stage.PublishedAsync("b");
        List<string> given = [];

        await stage.Stage.FlushAsync(calls.Plugins[0].Install, (_, batch) =>
        {
            given.AddRange(Names(System.Text.Encoding.UTF8.GetString(batch.Span)));
            return Task.FromResult(FakeCalls.Nothing);
        }, CancellationToken.None);

        Assert.Equal(["a", "b"], given);
        Assert.Equal(0, stage.Queue.Post.Count(1));
        await stage.PublishedAsync("c");
        await stage.Stage.FlushAsync(calls.Plugins[0].Install, static (_, _) => Task.FromResult(FakeCalls.Threw("RetryError", "503")), CancellationToken.None);
        Assert.Equal(1, (await stage.WaitingAsync(PostLine.Exports, _ => true)).Attempts);
        Assert.False(calls.HasMore);
    }

    [Fact]
    public async Task PLG08_Flush_HandsOverWhatWasThere_InBatches_AndEndsThoughEventsComeOn()
    {
        var calls = new FakeCalls().With(1, Exports, """{"exportEventsBufferBytes":200}""");
        await using var stage = new TestStage(calls);
        var install = calls.Plugins[0].Install;
        for (var i = 0; i < 3; i++)
            await stage.PublishedAsync($"e{i}", more: "\"x\":\"0123456789\"");
        List<string[]> given = [];

        await stage.Stage.FlushAsync(install, async (_, batch) =>
        {
            Assert.InRange(given.Count, 0, 1);
            given.Add(Names(System.Text.Encoding.UTF8.GetString(batch.Span)));
            await stage.PublishedAsync("meanwhile");
            return FakeCalls.Nothing;
        }, CancellationToken.None);

        Assert.Equal([["e0", "e1"], ["e2"]], given);
        Assert.Equal(["meanwhile", "meanwhile"], stage.Queue.Post.List(1, 1, PostLine.Exports, 0, 10).Select(work => work.Event));
    }

    [Fact]
    public async Task PLG08_Flush_OfACopyThatCannotBeCalledAnyMore_BuriesNothing()
    {
        var calls = new FakeCalls().With(1, Exports, """{"exportEventsBufferBytes":1}""");
        await using var stage = new TestStage(calls);
        await stage.PublishedAsync("a");
        await stage.PublishedAsync("b");
        using var late = new CancellationTokenSource();

        await stage.Stage.FlushAsync(calls.Plugins[0].Install, async (_, _) =>
        {
            Assert.False(late.IsCancellationRequested);
            await late.CancelAsync();
            return FakeCalls.Nothing;
        }, late.Token);

        Assert.Equal(["b"], stage.Queue.Post.List(1, 1, PostLine.Exports, 0, 10).Select(work => work.Event));
        Assert.Empty(stage.Dead);
    }

    [Fact]
    public async Task PLG08_Plugin_WithOnEventToo_GetsBoth()
    {
        var calls = new FakeCalls().With(1, ["exportEvents", "onEvent"], """{"exportEventsBufferBytes":1}""");
        await using var stage = new TestStage(calls);
        stage.Stage.Start();

        await stage.PublishedAsync("a");

        Assert.Equal(["exportEvents", "onEvent"], new[] { await calls.CalledAsync(), await calls.CalledAsync() }.Select(call => call.Method).Order(StringComparer.Ordinal));
    }

    private static string[] Names(string batch) => [.. JsonNode.Parse(batch)!.AsArray().Select(one => (string)one!["event"]!)];
}
