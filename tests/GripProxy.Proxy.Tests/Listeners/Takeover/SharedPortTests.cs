using System.Net;
using System.Net.Sockets;
using GripProxy.Proxy.Listeners.Takeover;

namespace GripProxy.Proxy.Tests.Listeners.Takeover;

/// <summary>Who of two gets the connections of a port that one of them leaves.</summary>
public sealed class SharedPortTests
{
    // The system would spread them over both.
    private const int Clients = 16;

    [Fact]
    public void Elder_ThatLeaves_LeavesAllToTheNewOne()
    {
        using var elder = new Listener(0);
        using var newer = new Listener(elder.Port);

        elder.Leave();

        Assert.Equal((0, Clients), Connect(elder, newer));
    }

    [Fact]
    public void NewOne_ThatLeaves_LeavesAllToTheElder()
    {
        using var elder = new Listener(0);
        using var newer = new Listener(elder.Port);

        newer.Leave();

        Assert.Equal((Clients, 0), Connect(elder, newer));
    }

    [Fact]
    public void Second_WhoseElderHasGone_LeavesAllToTheThird()
    {
        using var elder = new Listener(0);
        using var second = new Listener(elder.Port);
        elder.Leave();
        elder.Dispose();
        using var third = new Listener(second.Port);

        second.Leave();

        Assert.Equal((0, Clients), Connect(second, third));
    }

    private static (int Left, int Other) Connect(Listener left, Listener other)
    {
        for (var i = 0; i < Clients; i++)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(IPAddress.Loopback, other.Port);
        }

        return (left.AcceptAll(), other.AcceptAll());
    }

    private sealed class Listener : IDisposable
    {
        private readonly Socket _socket;
        private readonly IReadOnlyList<string> _elders;

        public Listener(int port)
        {
            _socket = SharedPort.Bind(new IPEndPoint(IPAddress.Loopback, port));
            _socket.Listen(Clients);
            _elders = SharedPort.Enter(_socket);
            Port = ((IPEndPoint)_socket.LocalEndPoint!).Port; // Bound.
        }

        public int Port { get; }

        // The time for handshakes under way is left out: there are none.
        public void Leave() => Assert.True(SharedPort.LeaveAsync(_socket, _elders, new CancellationToken(canceled: true)).AsTask().IsCompletedSuccessfully);

        public int AcceptAll()
        {
            var count = 0;
            while (_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                _socket.Accept().Dispose();
                count++;
            }

            return count;
        }

        public void Dispose() => _socket.Dispose();
    }
}
