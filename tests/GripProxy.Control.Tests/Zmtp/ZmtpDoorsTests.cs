using System.Net;
using System.Net.Sockets;
using GripProxy.Control.Tests.Testing;

namespace GripProxy.Control.Tests.Zmtp;

public sealed class ZmtpDoorsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Open_NoKeys_ListensNowhere()
    {
        await using var doors = OpenDoors.Build("[handler]\n");
        Assert.Null(doors.Doors.Open());
        Assert.Empty(doors.Doors.AddressesOf("pull"));
        Assert.DoesNotContain(doors.Log.Lines, line => line.Contains("zmq", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_Ipc_IsAUnixSocketWithItsMode()
    {
        await using var doors = OpenDoors.Build($"[handler]\npush_in_spec=ipc://{PathOf("run/pull")}\nipc_file_mode=600\n");
        Assert.Null(doors.Doors.Open());
        Assert.Contains($"Information: zmq pull: listening on ipc://{PathOf("run/pull")}", doors.Log.Lines);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(PathOf("run/pull")));
        var held = doors.Hold("c");
        await using var peer = await ZmtpClient.OpenAsync(doors["pull"], "PUSH");
        await peer.SendAsync("""J{"channel":"c","formats":{"http-stream":{"content":"hi"}}}""");
        Assert.Equal("hi", await held.NextAsync());
    }

    [Fact]
    public async Task Close_Ipc_LeavesNoFile()
    {
        await using var doors = OpenDoors.Build($"[handler]\npush_in_spec=ipc://{PathOf("pull")}\n");
        doors.Doors.Open();
        Assert.True(File.Exists(PathOf("pull")));
        await doors.Doors.CloseAsync(CancellationToken.None);
        Assert.False(File.Exists(PathOf("pull")));
    }

    [Theory]
    [InlineData("push_in_spec")]
    [InlineData("push_in_sub_specs")]
    [InlineData("command_spec")]
    [InlineData("stats_spec")]
    public async Task Open_AddressInUse_SaysWhichAndWhy(string key)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var spec = $"tcp://{other.LocalEndPoint}";
        await using var doors = OpenDoors.Build($"[handler]\n{key}={spec}\n");
        Assert.StartsWith($"unable to bind {spec}: ", doors.Doors.Open(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_FileInTheWay_SaysSo()
    {
        File.WriteAllText(PathOf("file"), "x");
        await using var doors = OpenDoors.Build($"[handler]\npush_in_spec=ipc://{PathOf("file")}\n");
        Assert.Equal($"unable to bind ipc://{PathOf("file")}: there is a file of that name", doors.Doors.Open());
    }

    [Fact]
    public async Task Connect_PublisherComesLateAndAgain_IsToldOfTheChannelsEachTime()
    {
        using var publisher = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        publisher.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var doors = OpenDoors.Build(
            $"[handler]\npush_in_sub_connect=true\npush_in_sub_specs=tcp://{publisher.LocalEndPoint}\n");
        Assert.Null(doors.Doors.Open());
        var held = doors.Hold("c");
        await doors.Log.WhenAsync("ConnectFailed").WaitAsync(RawClient.Patience);
        publisher.Listen();
        for (var i = 0; i < 2; i++)
        {
            await using var peer = await ZmtpClient.AcceptAsync(publisher);
            await peer.ShakeHandsAsync("XPUB");
            Assert.Equal("\u0001c", await peer.TextAsync());
            await peer.SendAsync("c", """J{"formats":{"http-stream":{"content":"hi"}}}""");
            Assert.Equal("hi", await held.NextAsync());
        }
    }

    [Fact]
    public async Task Connect_Ipc_ReachesAUnixSocket()
    {
        using var publisher = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        publisher.Bind(new UnixDomainSocketEndPoint(PathOf("pub")));
        publisher.Listen();
        await using var doors = OpenDoors.Build($"[handler]\npush_in_sub_connect=true\npush_in_sub_specs=ipc://{PathOf("pub")}\n");
        Assert.Null(doors.Doors.Open());
        await using var peer = await ZmtpClient.AcceptAsync(publisher);
        await peer.ShakeHandsAsync("PUB");
        doors.Hold("c");
        Assert.Equal("\u0001c", await peer.TextAsync());
    }

    [Fact]
    public async Task Close_PeersAreConnected_EndsThem()
    {
        await using var doors = OpenDoors.Start();
        await using var peer = await ZmtpClient.OpenAsync(doors["pull"], "PUSH");
        await using var silent = await ZmtpClient.ConnectAsync(doors["pull"]);
        await doors.Doors.CloseAsync(CancellationToken.None);
        await peer.WhenClosedAsync();
        await silent.WhenClosedAsync();
        Assert.DoesNotContain(doors.Log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
