using System.Diagnostics.Metrics;
using GripProxy.Control.Diagnostics;
using GripProxy.Control.Tests.Testing;
using GripProxy.Control.Zmtp;
using GripProxy.Control.Zmtp.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Tests.Zmtp.Sockets;

public sealed class ZmtpSocketTests : IDisposable
{
    private readonly RecordedLog _log = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ZmtpContext _context;

    public ZmtpSocketTests() => _context = new ZmtpContext(
        TimeProvider.System, new ZmtpMetrics(_services.GetRequiredService<IMeterFactory>()), _log.CreateLogger("zmq"));

    public void Dispose()
    {
        _services.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Peers_TooMany_TheLastIsDropped()
    {
        await using var socket = new PullSocket(_ => { }, _context with { MaxPeers = 1 });
        Bind(socket);
        await using var first = await ZmtpClient.OpenAsync(socket.Addresses[0], "PUSH");
        await using var second = await ZmtpClient.ConnectAsync(socket.Addresses[0]);
        await second.WhenClosedAsync();
        await _log.WhenAsync("PeerDropped").WaitAsync(RawClient.Patience);
        Assert.Contains(_log.Lines, line => line.EndsWith("is dropped: there are too many peers", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Peer_DoesNotReadItsAnswers_IsDropped()
    {
        await using var socket = new RepSocket(_ => new byte[8 * 1024 * 1024], _context);
        Bind(socket);
        await using var peer = await ZmtpClient.OpenAsync(socket.Addresses[0], "DEALER");
        for (var i = 0; i < 12; i++)
            await peer.SendAsync("", "x");
        await _log.WhenAsync("PeerDropped").WaitAsync(RawClient.Patience);
        Assert.Contains(_log.Lines, line => line.EndsWith("is dropped: it does not read what is sent to it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Receive_Throws_EndsThatPeerOnly()
    {
        await using var socket = new PullSocket(_ => throw new InvalidOperationException("a bug"), _context);
        Bind(socket);
        await using var first = await ZmtpClient.OpenAsync(socket.Addresses[0], "PUSH");
        await first.SendAsync("x");
        await first.WhenClosedAsync();
        await _log.WhenAsync("PeerFailed").WaitAsync(RawClient.Patience);
        await using var second = await ZmtpClient.OpenAsync(socket.Addresses[0], "PUSH");
    }

    private static void Bind(ZmtpSocket socket) => socket.Bind(Assert.IsType<ZmtpEndpoint>(ZmtpEndpoint.TryParse("tcp://127.0.0.1:0", out _)), mode: null);
}
