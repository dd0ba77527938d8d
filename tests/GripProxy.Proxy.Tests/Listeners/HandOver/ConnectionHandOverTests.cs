using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using GripProxy.Forwarding.HandOver;
using GripProxy.Proxy.Listeners;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Proxy.Tests.Listeners.HandOver;

/// <summary>A connection that leaves HTTP for a request to <c>/held</c>, on a real socket; anything else is answered at once.</summary>
public sealed class ConnectionHandOverTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = ClientServer.Patience;

    private readonly TaskCompletionSource<Parked> _parked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _ids = [];
    private ClientServer _server = null!; // Set before any test runs.
    private RequestReplay? _replay;

    public async Task InitializeAsync() => _server = await ClientServer.StartAsync(
        new ClientListenerOptions { Listen = [ClientServer.AnyPort], IdleTimeout = TimeSpan.FromSeconds(1) }, AnswerAsync);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Hold_WritesToTheBareConnection_AndTheNextRequestIsServed()
    {
        await using var client = await SendAsync("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
        var parked = await _parked.Task.WaitAsync(Patience);
        await parked.Output.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate"u8.ToArray());
        parked.End(AfterHold.NextRequest);
        await client.WriteAsync("GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());

        var answers = await ReadAsync(client);

        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlateHTTP/1.1 200 OK\r\n", answers, StringComparison.Ordinal);
        Assert.EndsWith("/next", answers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hold_OutlastsTheIdleTimeoutOfTheLayerBefore()
    {
        await using var client = await SendAsync("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
        var parked = await _parked.Task.WaitAsync(Patience);
        // Another connection that idles as long as this one is closed by the same heartbeat.
        await using var idle = await SendAsync("");
        Assert.Equal("", await ReadAsync(idle));

        Assert.False(parked.ClientGone.IsCancellationRequested);
        await parked.Output.WriteAsync("still here"u8.ToArray());
        await client.ReadExactlyAsync(new byte["still here".Length].AsMemory()).AsTask().WaitAsync(Patience);
        parked.End(AfterHold.Cut);
    }

    [Fact]
    public async Task Request_PipelinedWhileHeld_IsAnsweredAfterTheHold()
    {
        await using var client = await SendAsync(
            "GET /held HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\n\r\nGET /three HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        var parked = await _parked.Task.WaitAsync(Patience);
        await parked.Output.WriteAsync("first;"u8.ToArray());
        parked.End(AfterHold.NextRequest);

        var answers = await ReadAsync(client);

        Assert.StartsWith("first;HTTP/1.1 200 OK", answers, StringComparison.Ordinal);
        Assert.True(answers.IndexOf("/two", StringComparison.Ordinal) < answers.IndexOf("/three", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_Replayed_IsReadAsItWasTheFirstTime_BeforeWhatFollows()
    {
        await using var client = await SendAsync(
            "GET /held?x=1 HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nX-One: \u00e9\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        var parked = await _parked.Task.WaitAsync(Patience);
        parked.End(AfterHold.Again(new Replay(Encoding.Latin1.GetBytes("GET /held?x=1 HTTP/1.1\r\nHost:a\r\nX-One:1\r\nX-One:\u00e9\r\n\r\n"))));

        var answers = await ReadAsync(client);

        Assert.Contains("\r\n\r\nagain /held 1,\u00e9HTTP/1.1 200 OK", answers, StringComparison.Ordinal);
        Assert.EndsWith("/next", answers, StringComparison.Ordinal);
        Assert.Equal(3, _ids.Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Client_LeavesWhileHeld_TheHoldHearsOfIt(bool reset)
    {
        var client = await SendAsync("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
        var parked = await _parked.Task.WaitAsync(Patience);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = parked.ClientGone.Register(gone.SetResult);

        if (reset)
            client.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        else
            client.Socket.Shutdown(SocketShutdown.Send);
        if (reset)
            await client.DisposeAsync();

        await gone.Task.WaitAsync(Patience);
        parked.End(AfterHold.Cut);
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Hold_Cut_ClosesTheConnection()
    {
        await using var client = await SendAsync("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
        (await _parked.Task.WaitAsync(Patience)).End(AfterHold.Cut);

        Assert.Equal("", await ReadAsync(client));
    }

    [Fact]
    public async Task Server_Stopped_WaitsForTheHoldUntilItIsTold_ThenCuts()
    {
        await using var client = await SendAsync("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
        var parked = await _parked.Task.WaitAsync(Patience);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = parked.ClientGone.Register(() =>
        {
            parked.End(AfterHold.Cut);
            gone.SetResult();
        });

        await _server.DisposeAsync().AsTask().WaitAsync(Patience);

        await gone.Task.WaitAsync(Patience);
        Assert.Equal("", await ReadAsync(client));
    }

    private async Task AnswerAsync(HttpContext context)
    {
        lock (_ids)
            _ids.Add(context.TraceIdentifier);
        var handOver = context.Features.Get<IConnectionHandOver>();
        Assert.NotNull(handOver);
        _replay = handOver.TakeReplay();
        Assert.Null(handOver.TakeReplay());
        if (context.Request.Path == "/held" && _replay is null)
        {
            handOver.Take(new Parked(_parked));
            // All of this goes nowhere.
            await context.Response.WriteAsync(new string('x', 10_000));
            return;
        }

        var text = _replay is null ? $"{context.Request.Path}" : $"again {context.Request.Path} {context.Request.Headers["X-One"]}";
        context.Response.ContentLength = text.Length;
        await context.Response.WriteAsync(text, Encoding.Latin1);
    }

    private async Task<NetworkStream> SendAsync(string text)
    {
        var client = await ClientServer.ConnectAsync(_server.Address);
        await client.WriteAsync(Encoding.Latin1.GetBytes(text));
        return client;
    }

    private static async Task<string> ReadAsync(NetworkStream client)
    {
        using var received = new MemoryStream();
        try
        {
            await client.CopyToAsync(received).WaitAsync(Patience);
        }
        catch (IOException)
        {
            // A reset is an end as well.
        }

        return Encoding.Latin1.GetString(received.ToArray());
    }

    private sealed class Replay(byte[] head) : RequestReplay
    {
        public override ReadOnlyMemory<byte> Head => head;

        public override void Abandon()
        {
        }
    }

    private sealed class Parked(TaskCompletionSource<Parked> started) : IParkedRequest
    {
        private readonly TaskCompletionSource<AfterHold> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public PipeWriter Output { get; private set; } = null!; // Set before anybody sees it.

        public CancellationToken ClientGone { get; private set; }

        public void End(AfterHold after) => _end.TrySetResult(after);

        public Task<AfterHold> RunAsync(PipeWriter output, CancellationToken clientGone)
        {
            (Output, ClientGone) = (output, clientGone);
            started.TrySetResult(this);
            return _end.Task;
        }
    }
}
