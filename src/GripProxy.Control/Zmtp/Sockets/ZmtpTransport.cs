using System.Net;
using System.Net.Sockets;
using GripProxy.Control.Sockets;

namespace GripProxy.Control.Zmtp.Sockets;

/// <summary>The sockets of the system below ZMTP. Stateless.</summary>
internal static class ZmtpTransport
{
    /// <summary>Binds a TCP socket; the caller starts listening.</summary>
    public static Socket BindTcp(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects once.</summary>
    /// <exception cref="SocketException">Nobody is there.</exception>
    public static async Task<Socket> ConnectAsync(EndPoint remote, CancellationToken cancellationToken)
    {
        var socket = remote is UnixDomainSocketEndPoint ? UnixSocket.New() : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(remote, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends at once, and finds a peer that vanished without a word (PUB-22).</summary>
    public static void SetOptions(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.Unix)
            return;
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 6);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
    }
}
