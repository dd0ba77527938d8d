using System.Net.Sockets;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>An origin that fails in any way ends the request it was asked for, and nothing else.</summary>
public sealed class BrokenOriginTests(BrokenOriginTests.World world) : IClassFixture<BrokenOriginTests.World>
{
    private const string GatewayError = "Error while proxying to origin.";

    [Theory]
    [InlineData("/close")]
    [InlineData("/reset")]
    [InlineData("/nonsense")]
    [InlineData("/half-head")]
    [InlineData("/bad-length")]
    public async Task Answer_ThatNeverBecameOne_Is502(string path)
    {
        await using RawHttp client = await world.Proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync(path, "broken.test");

        Assert.Equal(502, answer.Status);
        Assert.Equal(GatewayError, answer.Body.Trim());
        Assert.Equal("fine", (await client.GetAsync("/fine")).Body);
    }

    [Fact]
    public async Task Silence_OfAnOrigin_Is504AfterTheResponseTimeout()
    {
        await using RawHttp client = await world.Proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync("/silent", "broken.test");

        Assert.Equal(504, answer.Status);
        Assert.Equal(GatewayError, answer.Body.Trim());
        Assert.Equal("fine", (await client.GetAsync("/fine")).Body);
    }

    [Theory]
    [InlineData("/half-body")]
    [InlineData("/half-chunk")]
    public async Task Body_ThatStopsInTheMiddle_IsCutForTheClientToo(string path)
    {
        await using RawHttp client = await world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get(path, "broken.test"));
        string rest = "";
        try
        {
            Assert.Equal(200, (await client.ReadHeadAsync()).Status);
            rest = await client.ReadToEndAsync();
        }
        catch (SocketException)
        {
            // The cut is a reset, and a reset may overtake what was sent before it, the head included.
        }

        // A proper end (0-chunk or all promised bytes) would tell the client that it has everything.
        Assert.DoesNotContain("0\r\n\r\n", rest, StringComparison.Ordinal);
        await using RawHttp next = await world.Proxy.ConnectAsync();
        Assert.Equal("fine", (await next.GetAsync("/fine")).Body);
    }

    [Theory]
    [InlineData("/bad-hold")]
    [InlineData("/bad-json")]
    [InlineData("/half-instruct")]
    public async Task Instruct_ThatIsBroken_Is502AndHoldsNothing(string path)
    {
        await using RawHttp client = await world.Proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync(path, "broken.test");

        Assert.Equal(502, answer.Status);
        Assert.Equal("fine", (await client.GetAsync("/fine")).Body);
    }

    [Fact]
    public async Task HeldStream_WhileOtherOriginsFail_LosesNothing()
    {
        world.Origin.OnHold("/witness", "stream", "witness", "open\n");
        await using RawHttp witness = await world.Proxy.ConnectAsync();
        await witness.SendAsync(RawHttp.Get("/witness"));
        await witness.ReadHeadAsync();
        await world.Proxy.SubscribedAsync("witness");
        string expected = "open\n";
        foreach (string path in new[] { "/close", "/reset", "/nonsense", "/half-head", "/bad-hold" })
        {
            await using RawHttp client = await world.Proxy.ConnectAsync();
            await client.GetAsync(path, "broken.test");
            await world.Proxy.Control.PublishStreamAsync("witness", $"{path}\n");
            expected += $"{path}\n";
        }

        Assert.Equal(expected, await witness.ReadStreamAsync("/bad-hold\n"));
    }

    [Fact]
    public async Task Targets_OfWhichTheFirstDoesNotListen_AreTriedInOrder()
    {
        await using RawHttp client = await world.Proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync("/fine", "failover.test");

        Assert.Equal("fine", answer.Body);
    }

    [Fact]
    public async Task Host_WithoutRoute_Is502()
    {
        await using GripProxyProcess proxy = await GripProxyProcess.StartAsync(new ProxySetup().Route("only.test 127.0.0.1:1"));
        await using RawHttp client = await proxy.ConnectAsync();

        RawResponse answer = await client.GetAsync("/", "other.test");

        Assert.Equal(502, answer.Status);
        Assert.Equal("Route not found\n", answer.Body);
    }

    public sealed class World : ProxyWithOrigin
    {
        private readonly RawOrigin _broken = new(PlayAsync);

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            Origin.OnText("/fine", "fine");
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await _broken.DisposeAsync();
        }

        protected override void Configure(ProxySetup setup) => setup
            .Set("origin", "response_timeout", "4")
            .Route($"broken.test {_broken.Address}")
            .Route($"failover.test 127.0.0.1:{FreePorts.Take()} {Origin.Address}");

        private static async Task PlayAsync(RawExchange exchange)
        {
            switch (exchange.Path)
            {
                case "/reset":
                    exchange.EndWithReset();
                    break;
                case "/silent":
                    await exchange.ClosedAsync();
                    break;
                default:
                    await exchange.SendAsync(exchange.Path switch
                    {
                        "/nonsense" => "once upon a time\r\n\r\n",
                        "/half-head" => "HTTP/1.1 200 OK\r\nContent-Le",
                        "/half-body" => "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                        "/half-chunk" => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                        "/bad-length" => "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                        "/bad-hold" => "HTTP/1.1 200 OK\r\nGrip-Hold: forever\r\nContent-Length: 0\r\n\r\n",
                        "/bad-json" => "HTTP/1.1 200 OK\r\nContent-Type: application/grip-instruct\r\nContent-Length: 8\r\n\r\n{\"hold\":",
                        "/half-instruct" => "HTTP/1.1 200 OK\r\nContent-Type: application/grip-instruct\r\nContent-Length: 80\r\n\r\n{\"hold\":",
                        _ => "",
                    });
                    break;
            }
        }
    }
}
