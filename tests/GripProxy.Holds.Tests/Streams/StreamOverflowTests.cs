using System.IO.Pipelines;
using System.Text;
using GripProxy.Channels;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Links;
using GripProxy.Holds.Tests.Links;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Tests.Streams;

/// <summary>A client that reads too slowly, or not at all (own-config.md, Overflow).</summary>
public sealed class StreamOverflowTests : IDisposable
{
    // By time and not by turns: on a busy machine the stream's own thread may have to wait for many of them.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Whatever is more than four bytes waits to be read. Inline: the writer goes on while the test reads, not some time later.
    private static readonly PipeOptions Slow = new(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: 4,
        resumeWriterThreshold: 3,
        useSynchronizationContext: false);

    private readonly Pipe _client = new(Slow);
    private HoldsFixture? _holds;

    private HoldsFixture Holds => _holds!; // Every test begins with Use.

    public void Dispose() => _holds?.Dispose();

    [Fact]
    public async Task Close_WithoutLink_EndsByOverflowAndIsCounted()
    {
        Use(OverflowPolicy.Close, queueBytes: 10);
        var held = Hold(fetcher: null);
        for (var i = 0; i < 10; i++)
            Holds.PublishStream("1234567");
        Assert.Equal(CloseReason.Overflow, await held);
        Assert.Equal(1, Holds.Metrics["gripproxy.closes transport=stream reason=overflow"]);
        Assert.Equal(1, Holds.Metrics["gripproxy.drops transport=stream reason=queue-full"]);
        Assert.Equal(0, Holds.Table.CountSubscribers("c"));
    }

    [Fact]
    public async Task Close_ClientDoesNotEvenReadTheFirstBody_EndsByOverflow()
    {
        Use(OverflowPolicy.Close, queueBytes: 10);
        var request = HoldsFixture.Request(HoldMode.Stream);
        var held = Holds.Keeper.HoldStreamAsync(
            request with { Instruct = request.Instruct with { Response = request.Instruct.Response with { Body = new byte[100] } } },
            _client.Writer,
            CancellationToken.None);
        for (var i = 0; i < 3; i++)
            Holds.PublishStream("1234567");
        Assert.Equal(CloseReason.Overflow, await held);
        Assert.Equal(1, Holds.Metrics["gripproxy.drops transport=stream reason=not-joined"]);
    }

    [Fact]
    public async Task Close_WithLink_AsksTheOriginAfterWhatWaitedIsWritten()
    {
        Use(OverflowPolicy.Close, queueBytes: 10);
        var fetcher = new ScriptedFetcher(ScriptedFetcher.Answer("from the origin", HoldMode.Stream, "/next", HoldsFixture.Channel("c")));
        var held = Hold(fetcher);
        foreach (var item in new[] { "writing ", "waiting ", "lost " })
            Holds.PublishStream(item);
        Assert.Empty(fetcher.Requests);
        Assert.Equal("writing waiting from the origin", await ReadAsync("origin"));
        Holds.PublishStream(" on.");
        Assert.Equal(" on.", await ReadAsync("on."));
        Assert.False(held.IsCompleted);
        Assert.Single(fetcher.Requests);
    }

    [Theory]
    [InlineData(OverflowPolicy.Close)]
    [InlineData(OverflowPolicy.DropOldest)]
    [InlineData(OverflowPolicy.DropNewest)]
    public async Task AnyPolicy_SubscriptionTellsTheOrder_ClientSeesEveryItemOnce(OverflowPolicy policy)
    {
        Use(policy, queueBytes: 10);
        var origin = new LogFetcher();
        _ = Hold(origin, HoldsFixture.Channel("c", "0"));
        for (var i = 0; i < 30; i++)
            PublishNext(origin);
        Assert.Equal(string.Concat(Enumerable.Range(1, 30).Select(i => $"{i} ")), await ReadAsync(" 30 "));
        Assert.NotEmpty(origin.AskedAfter);
    }

    [Fact]
    public async Task DropOldest_OtherChannelOfTheStreamTellsTheOrder_PushesNothingOut()
    {
        Use(OverflowPolicy.DropOldest, queueBytes: 10);
        var origin = new LogFetcher();
        _ = Hold(origin, HoldsFixture.Channel("c", "0"), HoldsFixture.Channel("d"));
        Holds.PublishStream("writing ", channel: "d");
        for (var i = 0; i < 3; i++)
            PublishNext(origin);
        for (var i = 0; i < 5; i++)
            Holds.PublishStream("lost ", channel: "d");
        PublishNext(origin);
        Assert.Equal("writing 1 2 3 4 ", await ReadAsync("4 "));
        Assert.Empty(origin.AskedAfter);
        Assert.Equal(5, Holds.Metrics["gripproxy.drops transport=stream reason=queue-full"]);
    }

    [Theory]
    [InlineData(OverflowPolicy.DropNewest, "writing 0")]
    [InlineData(OverflowPolicy.DropOldest, "writing 9")]
    public async Task DropPolicies_EveryLossIsCounted(OverflowPolicy policy, string expected)
    {
        Use(policy, queueBytes: 1);
        _ = Hold(fetcher: null);
        Holds.PublishStream("writing ");
        for (var i = 0; i < 10; i++)
            Holds.PublishStream($"{i}");
        Assert.Equal(expected, await ReadAsync(expected));
        Assert.Equal(9, Holds.Metrics["gripproxy.drops transport=stream reason=queue-full"]);
    }

    [Fact]
    public async Task Rules_OfTheMostSpecificPattern_Apply()
    {
        Use(new ChannelRule("*", OverflowPolicy.Close, 1000), new ChannelRule("ticks.*", OverflowPolicy.DropNewest, 5));
        var held = Hold(fetcher: null, HoldsFixture.Channel("ticks.1"), HoldsFixture.Channel("c"));
        Holds.PublishStream("writing ");
        for (var i = 0; i < 5; i++)
            Holds.PublishStream("tick ", channel: "ticks.1");
        Holds.PublishStream("kept ");
        Holds.PublishStream("tick ", channel: "ticks.1");
        Assert.Equal("writing tick kept ", await ReadAsync("kept "));
        Assert.False(held.IsCompleted);
    }

    [Fact]
    public async Task EmptyItems_DoNotWaitWithoutLimit()
    {
        Use(OverflowPolicy.Close, queueBytes: 100);
        var held = Hold(fetcher: null);
        Holds.PublishStream("writing ");
        for (var i = 0; i < 102; i++)
            Holds.PublishStream("");
        Assert.Equal(CloseReason.Overflow, await held);
    }

    [Fact]
    public async Task HeldBackItemsOverflow_WhileTheOriginIsAsked_ItIsAskedAgain()
    {
        Use(OverflowPolicy.Close, queueBytes: 10);
        var origin = new LogFetcher { Render = number => number == 2 ? new string('x', 50) : $"{number} " };
        _ = Hold(origin, HoldsFixture.Channel("c", "0"));
        // The second conflicts, the client does not read what the origin answers, and what comes then is too much to keep.
        origin.Append();
        PublishNext(origin);
        await ReadAsync(new string('x', 20));
        for (var i = 0; i < 20; i++)
            PublishNext(origin);
        var text = await ReadAsync(" 22 ");
        Assert.EndsWith("3 " + string.Join(' ', Enumerable.Range(4, 19)) + " ", text, StringComparison.Ordinal);
        Assert.True(Holds.Metrics["gripproxy.drops transport=stream reason=not-joined"] > 0);
    }

    [Fact]
    public async Task RandomSlowness_ManySeeds_EveryItemOnceAndInOrder()
    {
        for (var seed = 1; seed <= 300; seed++)
            await RunAsync(seed);
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var bytes = random.Next(1, 60);
        using var holds = new HoldsFixture(Options(new ChannelRule("*", (OverflowPolicy)random.Next(3), bytes)));
        var client = new Pipe(Slow);
        var origin = new LogFetcher();
        var request = Request(origin, HoldsFixture.Channel("c", "0"));
        var held = holds.Keeper.HoldStreamAsync(request, client.Writer, CancellationToken.None);
        var seen = new StringBuilder();
        for (var i = 0; i < 60; i++)
        {
            var number = origin.Append();
            // Some never come through here, or come late.
            if (random.Next(10) > 0 || i == 59)
                holds.Pipeline.Publish([ItemOf(number)]);
            if (random.Next(4) == 0)
                holds.Time.Advance(TimeSpan.FromMilliseconds(random.Next(300)));
            if (random.Next(3) == 0)
                Read(client.Reader, random.Next(20), seen);
        }

        var expected = "late" + string.Concat(Enumerable.Range(1, 60).Select(i => $"{i} "));
        var since = TimeProvider.System.GetTimestamp();
        while (!held.IsCompleted && seen.Length < expected.Length && TimeProvider.System.GetElapsedTime(since) < Patience)
        {
            Read(client.Reader, 1000, seen);
            holds.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.True(expected == seen.ToString() && !held.IsCompleted, $"seed {seed}: expected\n{expected}\nbut the client saw\n{seen}");
    }

    private static void Read(PipeReader reader, int count, StringBuilder into)
    {
        if (!reader.TryRead(out var read))
            return;
        var part = read.Buffer.Slice(0, Math.Min(count, read.Buffer.Length));
        into.Append(Encoding.ASCII.GetString(part));
        reader.AdvanceTo(part.End, part.End);
    }

    private static ChannelsOptions Options(params ChannelRule[] rules) => new() { UpdateOnFirstSubscription = false, Rules = rules };

    private static Item ItemOf(int number) => new()
    {
        Channel = "c",
        Id = $"{number}",
        PrevId = $"{number - 1}",
        HttpStream = new HttpStreamFormat { Content = Encoding.ASCII.GetBytes($"{number} ") },
    };

    private static HoldRequest Request(IOriginFetcher? fetcher, params ChannelInstruct[] channels)
    {
        var request = HoldsFixture.Request(HoldMode.Stream, channels);
        if (fetcher is null)
            return request;
        var instruct = request.Instruct with { Next = new NextLink("/next", TimeSpan.FromDays(1)) };
        return request with { Fetcher = fetcher, LinkBase = new Uri("http://h/p"), Instruct = instruct };
    }

    private void Use(OverflowPolicy policy, int queueBytes) => Use(new ChannelRule("*", policy, queueBytes));

    private void Use(params ChannelRule[] rules)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        _holds = new HoldsFixture(Options(rules));
    }

    /// <summary>Holds a stream whose client has read the first body and nothing more.</summary>
    private Task<CloseReason> Hold(IOriginFetcher? fetcher, params ChannelInstruct[] channels)
    {
        var held = Holds.Keeper.HoldStreamAsync(Request(fetcher, channels), _client.Writer, CancellationToken.None);
        Read(_client.Reader, 4, new StringBuilder());
        return held;
    }

    private void PublishNext(LogFetcher origin) => Holds.Pipeline.Publish([ItemOf(origin.Append())]);

    /// <summary>Reads until the text so far ends like that, moving the clock for fetches that wait for their turn.</summary>
    private async Task<string> ReadAsync(string end)
    {
        var seen = new StringBuilder();
        var since = TimeProvider.System.GetTimestamp();
        while (!seen.ToString().EndsWith(end, StringComparison.Ordinal) && TimeProvider.System.GetElapsedTime(since) < Patience)
        {
            Read(_client.Reader, 1000, seen);
            Holds.Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        return seen.ToString();
    }
}
