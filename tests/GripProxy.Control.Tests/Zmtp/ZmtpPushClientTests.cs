using System.Net;
using System.Net.Sockets;
using System.Text;
using GripProxy.Control.Tests.Testing;
using GripProxy.Control.Zmtp;
using GripProxy.Testing;

namespace GripProxy.Control.Tests.Zmtp;

public sealed class ZmtpPushClientTests : IDisposable
{
    private readonly Socket _listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _patience = new(RawClient.Patience);

    public ZmtpPushClientTests()
    {
        _listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening.Listen();
    }

    public void Dispose()
    {
        _listening.Dispose();
        _patience.Dispose();
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("ipc")]
    public async Task Send_ManyMessagesAndTheEnd_AllArriveInOrder(string transport)
    {
        var spec = transport == "tcp" ? "tcp://127.0.0.1:0" : $"ipc://{Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())}";
        await using var doors = OpenDoors.Build($"[handler]\npush_in_spec={spec}\n");
        Assert.Null(doors.Doors.Open());
        var held = doors.Hold("c");
        var endpoint = transport == "tcp" ? Endpoint($"tcp://{doors["pull"]}") : Endpoint(spec);

        await using (var client = await ZmtpPushClient.ConnectAsync(endpoint, TimeProvider.System, _patience.Token))
        {
            for (var i = 0; i < 1000; i++)
                await client.SendAsync(Encoding.UTF8.GetBytes("J{\"channel\":\"c\",\"formats\":{\"http-stream\":{\"content\":\"" + i + "\"}}}"), _patience.Token);
        }

        for (var i = 0; i < 1000; i++)
            Assert.Equal(i.ToString(), await held.NextAsync());
    }

    public static TheoryData<byte[], string> Strangers => new()
    {
        { "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), "it does not speak ZMTP" },
        { ZmtpClient.Greeting(mechanism: "PLAIN"), "it wants a security mechanism" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Ready("PUB")], "its socket type does not fit" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Frame(0, "hi"u8.ToArray())], "it sent what ZMTP does not allow" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Frame(4, [5, .. "ERROR"u8, 2, .. "no"u8])], "it says that something is wrong" },
        { [.. ZmtpClient.Greeting(), .. ZmtpClient.Frame(4, new byte[20_000])], "it sent a message that is too large" },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public async Task Connect_ToWhatIsNoPullDoor_SaysWhy(byte[] answer, string reason)
    {
        var connecting = ConnectAsync();
        await using var door = await ZmtpClient.AcceptAsync(_listening);
        await door.SendRawAsync(answer);

        var problem = await Assert.ThrowsAsync<IOException>(() => connecting);

        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ToADoorThatEndsAtOnce_SaysSo()
    {
        var connecting = ConnectAsync();
        await using (var door = await ZmtpClient.AcceptAsync(_listening))
            await door.GreetingAsync();

        var problem = await Assert.ThrowsAsync<IOException>(() => connecting);

        Assert.Contains("before it was ready", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_IsPinged_AnswersBetweenItsMessages()
    {
        var (client, door) = await OpenAsync();
        await using (client)
        await using (door)
        {
            await client.SendAsync("1"u8.ToArray(), _patience.Token);
            Assert.Equal("1", await door.TextAsync());
            await door.SendRawAsync(ZmtpClient.Frame(4, [4, .. "PING"u8, 0, 9, .. "ctx"u8]));
            Assert.Equal("/\u0004PONGctx", await door.TextAsync());
            await client.SendAsync("2"u8.ToArray(), _patience.Token);
            Assert.Equal("2", await door.TextAsync());
            await door.DisposeAsync();
        }
    }

    [Fact]
    public async Task Dispose_OfADoorThatDoesNotEnd_GivesUpAfterAWhile()
    {
        var time = new ManualTime();
        var (client, door) = await OpenAsync(time);
        await using (door)
        {
            var ending = client.DisposeAsync().AsTask();
            Assert.False(ending.IsCompleted);
            time.Advance(TimeSpan.FromSeconds(6));

            await ending.WaitAsync(_patience.Token);
        }
    }

    private static ZmtpEndpoint Endpoint(string spec) => ZmtpEndpoint.TryParse(spec, out var error) ?? throw new InvalidOperationException(error);

    private Task<ZmtpPushClient> ConnectAsync(TimeProvider? time = null) =>
        ZmtpPushClient.ConnectAsync(Endpoint($"tcp://{_listening.LocalEndPoint}"), time ?? TimeProvider.System, _patience.Token);

    private async Task<(ZmtpPushClient Client, ZmtpClient Door)> OpenAsync(TimeProvider? time = null)
    {
        var connecting = ConnectAsync(time);
        var door = await ZmtpClient.AcceptAsync(_listening);
        await door.ShakeHandsAsync("PULL");
        return (await connecting, door);
    }
}
