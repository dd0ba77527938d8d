using System.Buffers.Binary;
using GripProxy.Control.Tests.Testing;
using GripProxy.Testing;

namespace GripProxy.Control.Tests.Zmtp;

public sealed class BadPeerTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly OpenDoors _doors;

    public BadPeerTests() => _doors = OpenDoors.Start("", _time);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _doors.DisposeAsync().AsTask();

    public static TheoryData<byte[], string> Beginnings => new()
    {
        { "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), "it does not speak ZMTP" },
        { [0x0A, 0x00], "it does not speak ZMTP" },
        { ZmtpClient.Greeting(major: 1)[..12], "it speaks an old version of ZMTP; 3.0 or later is needed, as libzmq has it since 4.0" },
        { ZmtpClient.Greeting(mechanism: "CURVE"), "it wants a security mechanism; only NULL is served" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Frame(0, "hi"u8.ToArray())], "it sent what ZMTP does not allow" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Frame(4, [5, .. "HELLO"u8])], "it sent what ZMTP does not allow" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Frame(4, new byte[20_000])], "it sent a message that is too large" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Frame(4, [5, .. "ERROR"u8, 2, .. "no"u8])], "it says that something is wrong on our side" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Ready("PULL")], "its socket type does not fit" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Ready("")], "its socket type does not fit" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Ready("PUSH"), 8], "it sent what ZMTP does not allow" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Ready("PUSH"), 5, 0], "it sent what ZMTP does not allow" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Ready("PUSH"), .. ZmtpClient.Frame(4, [])], "it sent what ZMTP does not allow" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Ready("PUSH"), .. ZmtpClient.Frame(4, [4, .. "PING"u8, 0])], "it sent what ZMTP does not allow" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Ready("PUSH"), .. ZmtpClient.Frame(4, [9, .. "SUBSCRIBE"u8])], "it sent what ZMTP does not allow" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Ready("PUSH"), .. LongHeader(64 * 1024 * 1024 + 1)], "it sent a message that is too large" },
    };

    [Theory]
    [MemberData(nameof(Beginnings))]
    public async Task Peer_WrongBytes_IsDroppedWithOneWarningAndOthersGoOn(byte[] bytes, string reason)
    {
        var held = _doors.Hold("c");
        await using var good = await ZmtpClient.OpenAsync(_doors["pull"], "PUSH");
        await using var bad = await ZmtpClient.ConnectAsync(_doors["pull"]);
        await bad.SendRawAsync(bytes);
        await bad.WhenClosedAsync();
        await _doors.Log.WhenAsync("PeerDropped").WaitAsync(RawClient.Patience);
        Assert.EndsWith("is dropped: " + reason, Assert.Single(_doors.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal)), StringComparison.Ordinal);

        await good.SendAsync("""J{"channel":"c","formats":{"http-stream":{"content":"hi"}}}""");
        Assert.Equal("hi", await held.NextAsync());
    }

    [Fact]
    public async Task Peer_OfTheWrongType_IsToldSo()
    {
        await using var peer = await ZmtpClient.ConnectAsync(_doors["pull"]);
        await peer.ShakeHandsAsync("SUB");
        Assert.Equal("/\u0005ERROR\u0013Invalid socket type", await peer.TextAsync());
        await peer.WhenClosedAsync();
    }

    [Fact]
    public async Task Peer_SaysNothing_IsDroppedAfterAWhile()
    {
        await using var peer = await ZmtpClient.ConnectAsync(_doors["pull"]);
        await peer.GreetingAsync();
        _time.Advance(TimeSpan.FromSeconds(31));
        await peer.WhenClosedAsync();
        await _doors.Log.WhenAsync("PeerDropped").WaitAsync(RawClient.Patience);
        Assert.Contains(_doors.Log.Lines, line => line.EndsWith("it did not finish its handshake in time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Peer_IsReady_StaysForEver()
    {
        var held = _doors.Hold("c");
        await using var peer = await ZmtpClient.OpenAsync(_doors["pull"], "PUSH");
        await _doors.Log.WhenAsync("PeerConnected").WaitAsync(RawClient.Patience);
        await peer.SendAsync("""J{"channel":"c","formats":{"http-stream":{"content":"1"}}}""");
        Assert.Equal("1", await held.NextAsync());
        _time.Advance(TimeSpan.FromHours(1));
        await peer.SendAsync("""J{"channel":"c","formats":{"http-stream":{"content":"2"}}}""");
        Assert.Equal("2", await held.NextAsync());
    }

    [Fact]
    public async Task Peer_CommandOfALaterVersion_IsIgnored()
    {
        var held = _doors.Hold("c");
        await using var peer = await ZmtpClient.OpenAsync(_doors["pull"], "PUSH");
        await peer.SendRawAsync(ZmtpClient.Frame(4, [4, .. "NEWS"u8, 1, 2, 3]));
        await peer.SendAsync("""J{"channel":"c","formats":{"http-stream":{"content":"hi"}}}""");
        Assert.Equal("hi", await held.NextAsync());
    }

    [Fact]
    public async Task Peers_ThatSendSpoiltBytes_HurtNobody()
    {
        var held = _doors.Hold("c");
        await using var good = await ZmtpClient.OpenAsync(_doors["pull"], "PUSH");
        var random = new Random(12);
        byte[] talk =
        [
            .. ZmtpClient.Greeting(), .. ZmtpClient.Ready("PUSH"), .. ZmtpClient.Frame(4, [4, .. "PING"u8, 0, 0]),
            .. ZmtpClient.Frame(0, """J{"channel":"d","formats":{"http-stream":{"content":"x"}}}"""u8.ToArray()),
            .. ZmtpClient.Frame(1, "1:a,"u8.ToArray()), .. ZmtpClient.Frame(0, new byte[300]),
        ];
        for (var i = 0; i < 300; i++)
        {
            await using var bad = await ZmtpClient.ConnectAsync(_doors["pull"]);
            await bad.SendRawAsync(Spoil(talk, random));
        }

        await good.SendAsync("""J{"channel":"c","formats":{"http-stream":{"content":"still here"}}}""");
        Assert.Equal("still here", await held.NextAsync());
        Assert.DoesNotContain(_doors.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private static byte[] Spoil(byte[] talk, Random random)
    {
        List<byte> bytes = [.. talk];
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveAt(at);
                    break;
                default:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] LongHeader(long length)
    {
        var header = new byte[9];
        header[0] = 2;
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(1), length);
        return header;
    }
}
