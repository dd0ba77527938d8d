using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using GripProxy.Channels.Timing;
using GripProxy.Forwarding.SockJs.Sockets;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;
using GripProxy.Testing;

namespace GripProxy.Forwarding.Tests.SockJs;

/// <summary>The framework's WebSocket client on the other end of a real connection.</summary>
public sealed class SockJsSocketTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ManualTime _time = new();
    private TimerWheel _wheel = null!; // by InitializeAsync
    private WebSocket _client = null!; // by InitializeAsync
    private NetworkStream _clientStream = null!; // by InitializeAsync
    private NetworkStream _stream = null!; // by InitializeAsync
    private SockJsSocket _socket = null!; // by InitializeAsync

    public async Task InitializeAsync()
    {
        _wheel = new TimerWheel(_time);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndpoint);
        _clientStream = new NetworkStream(client, ownsSocket: true);
        _client = WebSocket.CreateFromStream(_clientStream, new WebSocketCreationOptions());
        _stream = new NetworkStream(await listener.AcceptSocketAsync(), ownsSocket: true);
        _socket = SockJsSocket.Open(new WebSocketClientConnection(_stream), _wheel);
        Assert.Equal("o", await ReceiveAsync());
    }

    public async Task DisposeAsync()
    {
        _socket.Dispose();
        _client.Dispose();
        await _stream.DisposeAsync();
        _wheel.Dispose();
    }

    [Fact]
    public async Task Heartbeat_NothingElse_ComesEvery25Seconds()
    {
        _time.Advance(TimeSpan.FromSeconds(25.1));
        Assert.Equal("h", await ReceiveAsync());
        _time.Advance(TimeSpan.FromSeconds(25.1));
        Assert.Equal("h", await ReceiveAsync());
    }

    [Fact]
    public async Task Write_Message_IsAnArrayFrame()
    {
        await _socket.WriteAsync(new WebSocketPart(WebSocketPartKind.Binary, "say \"hi\""u8.ToArray()));

        Assert.Equal("a[\"say \\\"hi\\\"\"]", await ReceiveAsync());
    }

    [Fact]
    public async Task Write_FragmentsThatCutACharacter_AreOneArrayFrame()
    {
        var face = "é"u8.ToArray();

        await _socket.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, face.AsMemory(0, 1), IsFirst: true, IsLast: false));
        await _socket.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, face.AsMemory(1), IsFirst: false, IsLast: true));

        Assert.Equal("a[\"é\"]", await ReceiveAsync());
    }

    [Fact]
    public async Task Heartbeat_BetweenFragments_IsLeftOut()
    {
        await _socket.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, "x"u8.ToArray(), IsFirst: true, IsLast: false));
        _time.Advance(TimeSpan.FromSeconds(25.1));
        await _socket.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, "y"u8.ToArray(), IsFirst: false, IsLast: true));

        Assert.Equal("a[\"xy\"]", await ReceiveAsync());
    }

    [Fact]
    public async Task Write_CloseAfterAnUnfinishedMessage_ReachesTheClient()
    {
        await _socket.WriteAsync(new WebSocketPart(WebSocketPartKind.Text, "x"u8.ToArray(), IsFirst: true, IsLast: false));

        Assert.True(await _socket.WriteAsync(new WebSocketPart(WebSocketPartKind.Close, new WebSocketClose(4001).ToContent())).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task Send_PublishedMessage_IsAnArrayFrame()
    {
        await _socket.SendAsync(_socket.Framing.Encode(WebSocketPartKind.Text, "one"u8.ToArray()));
        await _socket.SendAsync(_socket.Framing.Encode(WebSocketPartKind.Ping, "x"u8.ToArray()));
        await _socket.SendAsync(_socket.Framing.Encode(WebSocketPartKind.Close, new WebSocketClose(4001, "bye").ToContent()));

        Assert.Equal("a[\"one\"]", await ReceiveAsync());
        Assert.Equal("close 4001 bye", await ReceiveAsync());
    }

    [Fact]
    public async Task Framing_SameKindOfClient_SharesItsBytes()
    {
        using var other = SockJsSocket.Open(new WebSocketClientConnection(_stream), _wheel);
        using var compressed = SockJsSocket.Open(new WebSocketClientConnection(_stream, deflate: true), _wheel);

        Assert.Same(_socket.Framing, other.Framing);
        Assert.NotSame(_socket.Framing, compressed.Framing);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Read_ArrayOfMessages_GivesEachOne()
    {
        await SendAsync("[\"one\",\"two\"]");
        await SendAsync("[]");
        await SendAsync("[\"three\"]");

        Assert.Equal("one", await ReadAsync());
        Assert.Equal("two", await ReadAsync());
        Assert.Equal("three", await ReadAsync());
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("\"hello\"")]
    [InlineData("[1]")]
    [InlineData("")]
    public async Task Read_SomethingElse_DropsTheClient(string text)
    {
        await SendAsync(text);

        Assert.Equal(WebSocketPartKind.Lost, (await _socket.ReadAsync().AsTask().WaitAsync(Patience)).Kind);
        await Assert.ThrowsAsync<WebSocketException>(ReceiveAsync);
    }

    [Fact]
    public async Task Read_MessageThatIsTooLong_DropsTheClient()
    {
        _ = SendAsync($"[\"{new string('x', SockJsSocket.MaxMessage + 1)}\"]");

        Assert.Equal(WebSocketPartKind.Lost, (await _socket.ReadAsync().AsTask().WaitAsync(Patience)).Kind);
    }

    [Fact]
    public async Task Read_Close_IsPassedOn()
    {
        await _client.CloseOutputAsync((System.Net.WebSockets.WebSocketCloseStatus)4002, "done", CancellationToken.None);

        var part = await _socket.ReadAsync().AsTask().WaitAsync(Patience);

        Assert.Equal(new WebSocketClose(4002, "done"), WebSocketClose.Read(part.Content.Span));
    }

    [Fact]
    public async Task Read_Ping_IsAnsweredHere()
    {
        // Masked with zeros.
        await _clientStream.WriteAsync(new byte[] { 0x89, 0x81, 0, 0, 0, 0, (byte)'p' });
        await SendAsync("[\"after\"]");

        Assert.Equal("after", await ReadAsync());
        var pong = new byte[3];
        await _clientStream.ReadExactlyAsync(pong).AsTask().WaitAsync(Patience);
        Assert.Equal([0x8a, 0x01, (byte)'p'], pong);
    }

    private async Task SendAsync(string text) =>
        await _client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private async Task<string> ReadAsync() =>
        Encoding.UTF8.GetString((await _socket.ReadAsync().AsTask().WaitAsync(Patience)).Content.Span);

    private async Task<string> ReceiveAsync()
    {
        var buffer = new byte[1024];
        var length = 0;
        while (true)
        {
            var result = await _client.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).AsTask().WaitAsync(Patience);
            if (result.MessageType == WebSocketMessageType.Close)
                return $"close {(int)_client.CloseStatus!} {_client.CloseStatusDescription}";
            length += result.Count;
            if (result.EndOfMessage)
                return Encoding.UTF8.GetString(buffer, 0, length);
        }
    }
}
