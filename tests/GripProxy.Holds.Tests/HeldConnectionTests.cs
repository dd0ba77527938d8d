using System.IO.Pipelines;
using System.Net;
using System.Text;
using GripProxy.Channels;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Holds.Links;
using GripProxy.Holds.Tests.Filters;
using GripProxy.Holds.Tests.Links;
using GripProxy.Holds.Tests.WebSockets;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Tests;

/// <summary>What operators see of a held connection and do to it (CTL-04, CTL-05).</summary>
public sealed class HeldConnectionTests : IDisposable
{
    private readonly HoldsFixture _holds = new(new ChannelsOptions
    {
        UpdateOnFirstSubscription = false,
        Rules = [new ChannelRule("newest", OverflowPolicy.DropNewest, 10)],
    });

    // Whatever is more than four bytes waits to be read.
    private readonly Pipe _client = new(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 4, resumeWriterThreshold: 3, useSynchronizationContext: false));

    public void Dispose() => _holds.Dispose();

    [Fact]
    public void Find_AStream_TellsWhatItIs()
    {
        var instruct = FilteredHold.Instruct(HoldMode.Stream, "", FilteredHold.Meta(("user", "al")), FilteredHold.Channel("newest", null), FilteredHold.Channel("d", null));
        _ = _holds.Keeper.HoldStreamAsync(
            FilteredHold.Request(instruct) with { ConnectionId = "a", RouteId = "r", Peer = IPAddress.Loopback, ChannelPrefix = "p-", ImplicitChannels = ["i"] },
            _client.Writer,
            CancellationToken.None);
        _holds.Time.Advance(TimeSpan.FromSeconds(3));
        var held = Find("a");
        Assert.Equal(
            ("a", HeldTransport.Stream, "r", IPAddress.Loopback, TimeSpan.FromSeconds(3)), (held.Id, held.Transport, held.Route, held.Peer, held.Age));
        Assert.Equal(["p-newest", "p-d", "i"], held.ChannelNames);
        Assert.Equal("al", held.Meta["user"]);
        Assert.Null(_holds.Keeper.Find("b"));
        Assert.Same(held, Assert.Single(_holds.Keeper.All));
    }

    [Fact]
    public void Find_AStreamThatIsBehind_CountsWhatWaitsWhatCameAndWhatIsLost()
    {
        _ = HoldStream("newest");
        _holds.PublishStream("being written", "newest");
        _holds.PublishStream("1234567", "newest");
        _holds.PublishStream("lost", "newest");
        var held = Find("1");
        Assert.Equal((7, 2, 1), (held.QueuedBytes, held.Delivered, held.Dropped));
    }

    [Fact]
    public async Task Find_AFilterThatFailsLater_CountsTheLoss()
    {
        var instruct = FilteredHold.Instruct(HoldMode.Stream, "", FilteredHold.Meta(), FilteredHold.Channel("c", null, "var-subst"));
        _ = _holds.Keeper.HoldStreamAsync(FilteredHold.Request(instruct), _client.Writer, CancellationToken.None);
        _holds.PublishStream("%(nobody)s");
        _holds.PublishStream("x");
        Assert.Equal("x", await HoldsFixture.ReadUntilAsync(_client.Reader, "x"));
        Assert.Equal(1, Find("1").Dropped);
        Assert.Equal(1, _holds.Metrics["gripproxy.drops transport=stream reason=filter-error"]);
    }

    [Fact]
    public async Task Close_AStream_WritesWhatWaitsAndEndsCleanly()
    {
        var held = HoldStream("c");
        _holds.PublishStream("being written ");
        _holds.PublishStream("waits.");
        Find("1").Close(1000, "");
        _holds.PublishStream("too late");
        Assert.Equal("being written waits.", await HoldsFixture.ReadUntilAsync(_client.Reader, "waits."));
        Assert.Equal(CloseReason.Admin, await held);
        Assert.Equal(1, _holds.Metrics["gripproxy.closes transport=stream reason=admin"]);
    }

    [Fact]
    public async Task Close_AStreamWhoseClientDoesNotRead_EndsAllTheSame()
    {
        var held = HoldStream("c");
        _holds.PublishStream("being written");
        Find("1").Close(1000, "");
        Assert.False(held.IsCompleted);
        _holds.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(CloseReason.Admin, await held);
    }

    [Fact]
    public async Task Close_AStreamThatAsksItsOrigin_DoesNotWaitForTheAnswer()
    {
        var origin = new SilentOrigin();
        var request = HoldsFixture.Request(HoldMode.None);
        var held = _holds.Keeper.HoldStreamAsync(
            request with
            {
                Fetcher = origin,
                LinkBase = new Uri("http://h/p"),
                Instruct = request.Instruct with { Next = new NextLink("/next", TimeSpan.FromSeconds(60)), Response = request.Instruct.Response with { Body = default } },
            },
            _client.Writer,
            CancellationToken.None);
        await origin.Asked;
        Find("1").Close(1000, "");
        Assert.Equal(CloseReason.Admin, await held);
    }

    [Fact]
    public async Task Close_AStreamTwice_IsOneEnd()
    {
        var held = HoldStream("c");
        var connection = Find("1");
        connection.Close(1000, "");
        connection.Close(1000, "");
        Assert.Equal(CloseReason.Admin, await held);
        _holds.Time.Advance(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Close_AResponseHold_GetsTheAnswerOfItsTimeout()
    {
        var held = _holds.Keeper.HoldResponseAsync(HoldsFixture.Request(HoldMode.Response), CancellationToken.None);
        Find("1").Close(1000, "");
        var result = await held;
        Assert.Equal((CloseReason.Admin, "late"), (result.Reason, Encoding.UTF8.GetString(result.Answer!.Body.Span)));
    }

    [Fact]
    public async Task Close_AWebSocket_HasCodeAndReason()
    {
        using var socket = WebSocketFixture.Grip();
        await socket.SubscribeAsync();
        await socket.ControlAsync("{'type':'set-meta','name':'user','value':'al'}");
        socket.Publish("x");
        Assert.Equal("text x", await socket.Client.NextAsync());
        var held = socket.Holds.Keeper.Find("1")!;
        Assert.Equal((HeldTransport.WebSocket, "al", 1), (held.Transport, held.Meta["user"], held.Delivered));
        Assert.Equal(["c"], held.ChannelNames);
        held.Close(4001, "bye");
        Assert.Equal("close 4001 bye", await socket.Client.NextAsync());
    }

    private IHeldConnection Find(string id) => _holds.Keeper.Find(id) ?? throw new InvalidOperationException($"no connection {id} is held");

    private Task<CloseReason> HoldStream(string channel) => _holds.Keeper.HoldStreamAsync(
        FilteredHold.Request(FilteredHold.Instruct(HoldMode.Stream, "", FilteredHold.Meta(), FilteredHold.Channel(channel, null))), _client.Writer, CancellationToken.None);

    private sealed class SilentOrigin : IOriginFetcher
    {
        private readonly TaskCompletionSource _asked = new();

        public Task Asked => _asked.Task;

        public Task<LinkResponse> FetchAsync(LinkRequest request, CancellationToken cancellation)
        {
            _asked.TrySetResult();
            return new TaskCompletionSource<LinkResponse>().Task.WaitAsync(cancellation);
        }
    }
}
