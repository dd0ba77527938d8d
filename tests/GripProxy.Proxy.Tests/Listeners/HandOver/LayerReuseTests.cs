using System.Globalization;
using System.Text;
using GripProxy.Forwarding.HandOver;
using GripProxy.Proxy.Listeners;

namespace GripProxy.Proxy.Tests.Listeners.HandOver;

/// <summary>The HTTP of a request that is held serves other connections meanwhile, and nobody notices.</summary>
public sealed class LayerReuseTests : IAsyncLifetime
{
    private HoldingServer _server = null!; // Set before any test runs.

    public async Task InitializeAsync() => _server = await HoldingServer.StartAsync(
        new ClientListenerOptions { IdleTimeout = TimeSpan.FromSeconds(60), HeadTimeout = TimeSpan.FromSeconds(1) });

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task TwoConnections_OneAfterTheOther_HaveAddressesHeadersAndIdsOfTheirOwn()
    {
        await using var held = await ConnectAsync();
        await held.SendAsync(HoldingServer.Get("/held", "one", "Cookie: secret=1"));
        var parked = await _server.ParkedAsync("one");
        await using var other = await ConnectAsync();
        await other.SendAsync(HoldingServer.Get("/who", "two") + HoldingServer.Get("/who", "three"));

        var two = (await other.ReadAsync()).Split('|');
        var three = (await other.ReadAsync()).Split('|');

        Assert.Same(_server.LayerOf("one"), _server.LayerOf("two"));
        Assert.Equal(["two", other.Address], two[..2]);
        Assert.Equal(["three", other.Address], three[..2]);
        Assert.Equal(["", ""], new[] { two[3], three[3] });
        Assert.NotEqual(two[4], three[4]);
        parked.End(AfterHold.Again(new Replay(HoldingServer.Get("/held", "one", "Cookie: secret=1"))));
        var one = (await held.ReadAsync()).Split('|');
        Assert.Equal(["one", held.Address], one[..2]);
        Assert.Equal("secret=1", one[3]);
    }

    [Fact]
    public async Task Holds_OneAfterTheOther_ShareOneLayer()
    {
        var clients = new List<AnswerReader>();
        for (var i = 0; i < 20; i++)
        {
            clients.Add(await ConnectAsync());
            await clients[i].SendAsync(HoldingServer.Get("/held", Name(i)));
            await _server.ParkedAsync(Name(i));
        }

        Assert.Equal(1, _server.Layers);
        for (var i = 0; i < clients.Count; i++)
        {
            await (await _server.ParkedAsync(Name(i))).AnswerAsync($"answer {i}");
            Assert.Equal($"answer {i}", await clients[i].ReadAsync());
            await clients[i].DisposeAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HeldClient_Leaves_WhoHasItsLayerNowIsNotDisturbed(bool reset)
    {
        var held = await ConnectAsync();
        await held.SendAsync(HoldingServer.Get("/held", "one"));
        var parked = await _server.ParkedAsync("one");
        await using var other = await ConnectAsync();
        await other.SendAsync(HoldingServer.Get("/wait", "two"));
        var waiting = await _server.WaitingAsync("two");
        Assert.Same(_server.LayerOf("one"), _server.LayerOf("two"));

        if (reset)
            await held.ResetAsync();
        else
            await held.DisposeAsync();
        await FiredAsync(parked.ClientGone);
        parked.End(AfterHold.Cut);

        Assert.False(waiting.Aborted.IsCancellationRequested);
        waiting.Go.SetResult();
        Assert.StartsWith($"two|{other.Address}|", await other.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ResetsWhileItsRequestIsWithTheOrigin_ItsLayerEndsWithItAndNobodyElseHears()
    {
        await using var held = await ConnectAsync();
        await held.SendAsync(HoldingServer.Get("/held", "one"));
        var parked = await _server.ParkedAsync("one");
        var leaving = await ConnectAsync();
        await leaving.SendAsync(HoldingServer.Get("/wait", "two"));
        var waiting = await _server.WaitingAsync("two");
        await using var beside = await ConnectAsync();
        await beside.SendAsync(HoldingServer.Get("/wait", "three"));
        var other = await _server.WaitingAsync("three");

        await leaving.ResetAsync();
        await FiredAsync(waiting.Aborted);

        Assert.False(other.Aborted.IsCancellationRequested);
        Assert.False(parked.ClientGone.IsCancellationRequested);
        other.Go.SetResult();
        Assert.StartsWith("three|", await beside.ReadAsync(), StringComparison.Ordinal);
        await parked.AnswerAsync("late");
        Assert.Equal("late", await held.ReadAsync());
        await held.SendAsync(HoldingServer.Get("/who", "four"));
        Assert.StartsWith($"four|{held.Address}|", await held.ReadAsync(), StringComparison.Ordinal);
        Assert.NotSame(_server.LayerOf("two"), _server.LayerOf("four"));
    }

    [Fact]
    public async Task Request_PipelinedBehindAHold_StaysWithItsConnection()
    {
        await using var held = await ConnectAsync();
        await held.SendAsync(HoldingServer.Get("/held", "one") + HoldingServer.Get("/who", "behind"));
        var parked = await _server.ParkedAsync("one");
        await using var other = await ConnectAsync();
        await other.SendAsync(HoldingServer.Get("/who", "two"));

        Assert.StartsWith($"two|{other.Address}|", await other.ReadAsync(), StringComparison.Ordinal);
        await parked.AnswerAsync("first");
        Assert.Equal("first", await held.ReadAsync());
        Assert.StartsWith($"behind|{held.Address}|", await held.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadRequest_ThroughAUsedLayer_IsRefusedAndEndsThatConnectionOnly()
    {
        await using var held = await ConnectAsync();
        await held.SendAsync(HoldingServer.Get("/held", "one"));
        var parked = await _server.ParkedAsync("one");
        await using var bad = await ConnectAsync();
        await bad.SendAsync("GET /who HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n");

        Assert.Equal("400", await bad.ReadAsync());
        Assert.Equal("", await bad.ReadAsync());
        await parked.AnswerAsync("late");
        Assert.Equal("late", await held.ReadAsync());
    }

    [Fact]
    public async Task Head_ThatStopsHalfway_ThroughAUsedLayer_HasItsOwnTime()
    {
        await using var held = await ConnectAsync();
        await held.SendAsync(HoldingServer.Get("/held", "one"));
        var parked = await _server.ParkedAsync("one");
        await using var slow = await ConnectAsync();
        await slow.SendAsync("GET /who HT");

        Assert.Equal("408", await slow.ReadAsync());
        Assert.False(parked.ClientGone.IsCancellationRequested);
        parked.End(AfterHold.Cut);
    }

    [Theory]
    [InlineData("HTTP/1.1", "Connection: close")]
    [InlineData("HTTP/1.0", "X: y")]
    public async Task Request_WhoseConnectionEndsWithIt_IsHeldAllTheSame_AndItsLayerIsNotUsedAgain(string version, string header)
    {
        await using var held = await ConnectAsync();
        await held.SendAsync(HoldingServer.Get("/held", "one", header).Replace("HTTP/1.1", version, StringComparison.Ordinal));
        var parked = await _server.ParkedAsync("one");
        await using var other = await ConnectAsync();
        await other.SendAsync(HoldingServer.Get("/who", "two"));

        Assert.StartsWith($"two|{other.Address}|", await other.ReadAsync(), StringComparison.Ordinal);
        Assert.NotSame(_server.LayerOf("one"), _server.LayerOf("two"));
        await parked.AnswerAsync("late");
        Assert.Equal("late", await held.ReadAsync());
    }

    private static string Name(int i) => i.ToString(CultureInfo.InvariantCulture);

    private async Task<AnswerReader> ConnectAsync() => new(await _server.ConnectAsync());

    private static async Task FiredAsync(CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(fired.SetResult);
        await fired.Task.WaitAsync(ClientServer.Patience);
    }

    private sealed class Replay(string head) : RequestReplay
    {
        public override ReadOnlyMemory<byte> Head { get; } = Encoding.Latin1.GetBytes(head);

        public override void Abandon()
        {
        }
    }
}
