using System.Net;
using System.Net.Sockets;

namespace GripProxy.Holds.Tests.WebSockets.Framing;

/// <summary>Two ends of a TCP connection over loopback.</summary>
internal sealed class SocketPair : IDisposable
{
    private SocketPair(Socket ours, Socket theirs)
    {
        Ours = new NetworkStream(ours, ownsSocket: true);
        Theirs = new NetworkStream(theirs, ownsSocket: true);
    }

    /// <summary>The end that the code under test is given.</summary>
    public NetworkStream Ours { get; }

    /// <summary>The peer's end.</summary>
    public NetworkStream Theirs { get; }

    public static async Task<SocketPair> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var theirs = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var accepted = listener.AcceptAsync();
        await theirs.ConnectAsync(listener.LocalEndPoint!);
        return new SocketPair(await accepted, theirs);
    }

    public void Dispose()
    {
        Ours.Dispose();
        Theirs.Dispose();
    }
}
