using GripProxy.Forwarding.Tests.Support;
using GripProxy.Protocol.Items;

namespace GripProxy.Forwarding.Tests;

/// <summary>Equal requests of several clients under <c>share_all</c>, with real sockets (HTTP-10).</summary>
public sealed class RequestSharingTests
{
    private const string Get = "GET /x?q HTTP/1.1\r\nHost: h\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\nok";
    private const string Chunked = "HTTP/1.1 404 Gone Fishing\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n";
    private const string Hold = "HTTP/1.1 200 OK\r\nGrip-Hold: response\r\nGrip-Channel: c; prev-id=1\r\nContent-Length: 0\r\n\r\n";

    private static readonly ForwardingOptions Share = new() { ShareAll = true };

    [Theory]
    [InlineData(Ok, 200)]
    [InlineData(Chunked, 404)]
    public async Task Handle_EqualRequests_OriginIsAskedOnce(string answer, int code)
    {
        await using var gate = new Gate(answer);
        await using var front = await ProxyFront.StartAsync(Share, $"* {gate.Origin.Address}");
        await using var first = await front.ConnectAsync();
        await using var second = await front.ConnectAsync();

        await first.SendAsync(Get);
        await gate.NextAsync();
        await second.SendAsync(Get);
        Assert.Equal("http://h/x?q waits for the answer of exchange 1", await front.Logs.NextAsync("RequestSharing"));
        gate.Open();

        foreach (var client in new[] { first, second })
        {
            var response = await client.ReadResponseAsync();
            Assert.Equal((code, "ok"), (response.Code, response.Body));
        }

        Assert.Single(gate.Origin.Requests);
        Assert.EndsWith($"code={code} 2 shared=1", await front.Logs.NextAsync("RequestLog"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /x?other HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("DELETE /x?q HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("HEAD /x?q HTTP/1.1\r\nHost: h\r\n\r\n")]
    [InlineData("GET /x?q HTTP/1.1\r\nHost: other\r\n\r\n")]
    [InlineData("GET /x?q HTTP/1.1\r\nHost: h\r\nCookie: user=2\r\n\r\n")]
    [InlineData("GET /x?q HTTP/1.1\r\nHost: h\r\nAuthorization: x\r\n\r\n")]
    [InlineData("GET /x?q HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nb")]
    public async Task Handle_RequestsThatDiffer_AreAskedBoth(string other)
    {
        await using var gate = new Gate(Ok);
        await using var front = await ProxyFront.StartAsync(Share, $"* {gate.Origin.Address}");
        await using var first = await front.ConnectAsync();
        await using var second = await front.ConnectAsync();

        await first.SendAsync(Get);
        await gate.NextAsync();
        await second.SendAsync(other);
        await gate.NextAsync();

        Assert.Equal(2, gate.Origin.Requests.Count);
    }

    [Fact]
    public async Task Handle_SharingIsOff_OriginIsAskedTwice()
    {
        await using var gate = new Gate(Ok);
        await using var front = await ProxyFront.StartAsync($"* {gate.Origin.Address}");
        await using var first = await front.ConnectAsync();
        await using var second = await front.ConnectAsync();

        await first.SendAsync(Get);
        await second.SendAsync(Get);
        await gate.NextAsync();
        await gate.NextAsync();

        Assert.Equal(2, gate.Origin.Requests.Count);
    }

    [Fact]
    public async Task Handle_SharedHold_EachIsHeldAndRetriedTogether()
    {
        await using var gate = new Gate(Hold);
        await using var front = await ProxyFront.StartAsync(Share, $"* {gate.Origin.Address}");
        await using var first = await front.ConnectAsync();
        await using var second = await front.ConnectAsync();

        await first.SendAsync(Get);
        await gate.NextAsync();
        await second.SendAsync(Get);
        Assert.Equal("http://h/x?q waits for the answer of exchange 1", await front.Logs.NextAsync("RequestSharing"));
        gate.Open();
        await front.Logs.NextAsync("JoinSequence");
        await front.Logs.NextAsync("JoinSequence");
        front.Publish(new Item { Channel = "c", PrevId = "1", HttpResponse = new HttpResponseFormat { Body = "now"u8.ToArray() } });

        Assert.Equal("now", (await first.ReadResponseAsync()).Body);
        Assert.Equal("now", (await second.ReadResponseAsync()).Body);
        Assert.Single(gate.Origin.Requests);
    }

    [Fact]
    public async Task Handle_OriginFails_EverybodyIsTold()
    {
        await using var gate = new Gate("nonsense\r\n\r\n");
        await using var front = await ProxyFront.StartAsync(Share, $"* {gate.Origin.Address}");
        await using var first = await front.ConnectAsync();
        await using var second = await front.ConnectAsync();

        await first.SendAsync(Get);
        await gate.NextAsync();
        await second.SendAsync(Get);
        Assert.Equal("http://h/x?q waits for the answer of exchange 1", await front.Logs.NextAsync("RequestSharing"));
        gate.Open();

        Assert.Equal(502, (await first.ReadResponseAsync()).Code);
        Assert.Equal(502, (await second.ReadResponseAsync()).Code);
        Assert.Single(gate.Origin.Requests);
    }

    [Fact]
    public async Task Handle_FirstClientLeaves_SecondIsAnswered()
    {
        await using var gate = new Gate(Ok);
        await using var front = await ProxyFront.StartAsync(Share, $"* {gate.Origin.Address}");
        await using var first = await front.ConnectAsync();
        await using var second = await front.ConnectAsync();

        await first.SendAsync(Get);
        await gate.NextAsync();
        await second.SendAsync(Get);
        Assert.Equal("http://h/x?q waits for the answer of exchange 1", await front.Logs.NextAsync("RequestSharing"));
        first.Reset();
        await gate.NextAsync();
        gate.Open();

        Assert.Equal("ok", (await second.ReadResponseAsync()).Body);
    }

    [Fact]
    public async Task Handle_AnswerTooLongToKeep_EachAsksAlone()
    {
        await using var gate = new Gate($"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n{new string('b', 100_001)}");
        await using var front = await ProxyFront.StartAsync(Share, $"* {gate.Origin.Address}");
        await using var first = await front.ConnectAsync();
        await using var second = await front.ConnectAsync();

        await first.SendAsync(Get);
        await gate.NextAsync();
        await second.SendAsync(Get);
        Assert.Equal("http://h/x?q waits for the answer of exchange 1", await front.Logs.NextAsync("RequestSharing"));
        gate.Open();

        Assert.Equal(100_001, (await first.ReadResponseAsync()).Body.Length);
        Assert.Equal(100_001, (await second.ReadResponseAsync()).Body.Length);
        Assert.Equal(2, gate.Origin.Requests.Count);
    }

    [Fact]
    public async Task Handle_AnswerThatTrickles_EachAsksAlone()
    {
        await using var gate = new Gate("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ntick\r\n");
        await using var front = await ProxyFront.StartAsync(Share, $"* {gate.Origin.Address}");
        await using var first = await front.ConnectAsync();
        await using var second = await front.ConnectAsync();

        await first.SendAsync(Get);
        await gate.NextAsync();
        await second.SendAsync(Get);
        Assert.Equal("http://h/x?q waits for the answer of exchange 1", await front.Logs.NextAsync("RequestSharing"));
        gate.Open();
        await gate.NextAsync();

        await first.ReadUntilAsync("tick");
        await second.ReadUntilAsync("tick");
    }

    /// <summary>An origin that answers nobody until it may.</summary>
    private sealed class Gate : IAsyncDisposable
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _asked = new(0);

        public Gate(string answer) => Origin = RawOrigin.Serving(async connection =>
        {
            while (true)
            {
                await connection.ReadRequestAsync();
                _asked.Release();
                await _open.Task;
                await connection.SendAsync(answer);
            }
        });

        public RawOrigin Origin { get; }

        public void Open() => _open.SetResult();

        public async Task NextAsync() => Assert.True(await _asked.WaitAsync(TimeSpan.FromSeconds(20)));

        public async ValueTask DisposeAsync()
        {
            await Origin.DisposeAsync();
            _asked.Dispose();
        }
    }
}
