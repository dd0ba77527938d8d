using System.Net;
using System.Net.Sockets;
using GripProxy.Control.Zmtp;

namespace GripProxy.Control.Tests.Zmtp;

public sealed class ZmtpEndpointTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:5560", "127.0.0.1", 5560, true)]
    [InlineData("tcp://localhost:5560", "localhost", 5560, true)]
    [InlineData("tcp://[::1]:5560", "::1", 5560, true)]
    [InlineData("tcp://*:5560", "*", 5560, false)]
    [InlineData("tcp://10.0.0.1:*", "10.0.0.1", 0, false)]
    [InlineData("tcp://broker.example:65535", "broker.example", 65535, false)]
    public void TryParse_Tcp_IsHostAndPort(string spec, string host, int port, bool isLocal)
    {
        var endpoint = ZmtpEndpoint.TryParse(spec, out _);
        Assert.Equal((spec, host, port, isLocal), (endpoint?.Spec, endpoint?.Host, endpoint?.Port ?? -1, endpoint?.IsLocal));
    }

    [Fact]
    public void TryParse_Ipc_IsAnAbsolutePath()
    {
        var endpoint = ZmtpEndpoint.TryParse("ipc://run/s", out _);
        Assert.Equal((Path.GetFullPath("run/s"), true), (endpoint?.Path, endpoint?.IsLocal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5560")]
    [InlineData("tcp://")]
    [InlineData("tcp://127.0.0.1")]
    [InlineData("tcp://:5560")]
    [InlineData("tcp://127.0.0.1:65536")]
    [InlineData("tcp://127.0.0.1:x")]
    [InlineData("ipc://")]
    [InlineData("inproc://a")]
    [InlineData("udp://127.0.0.1:5560")]
    public void TryParse_Other_SaysWhatIsExpected(string spec)
    {
        Assert.Null(ZmtpEndpoint.TryParse(spec, out var error));
        Assert.Equal("expected tcp://host:port or ipc://path", error);
    }

    [Fact]
    public void TryParse_PathTooLongForASocket_SaysSo()
    {
        Assert.Null(ZmtpEndpoint.TryParse("ipc:///" + new string('a', 107), out var error));
        Assert.Equal("the path of a socket has at most 107 bytes", error);
    }

    [Fact]
    public void ResolveLocal_Star_IsEveryAddress() => Assert.Equal(new IPEndPoint(IPAddress.Any, 1), Parse("tcp://*:1").ResolveLocal());

    [Fact]
    public void ResolveLocal_Interface_IsItsAddress() => Assert.Equal(new IPEndPoint(IPAddress.Loopback, 1), Parse("tcp://lo:1").ResolveLocal());

    [Fact]
    public void ResolveLocal_NoAddressOfThisMachine_Throws() =>
        Assert.Throws<SocketException>(() => Parse("tcp://broker.example:1").ResolveLocal());

    private static ZmtpEndpoint Parse(string spec) => Assert.IsType<ZmtpEndpoint>(ZmtpEndpoint.TryParse(spec, out _));
}
