using System.Net.Sockets;
using GripProxy.Control.Sockets;

namespace GripProxy.Proxy.Listeners.Local;

/// <summary>Binds a Unix socket for clients; permissions and owner are set before anybody can connect. Stateless.</summary>
internal static class LocalSocket
{
    /// <summary>Binds; the caller starts listening.</summary>
    /// <exception cref="ListenException">It cannot be bound (CLI-04).</exception>
    public static Socket Bind(LocalListen listen)
    {
        try
        {
            return BindNow(listen);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new ListenException(e.Message, e);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new ListenException(listen.EndPoint, e.Message, e);
        }
    }

    private static Socket BindNow(LocalListen listen)
    {
        var socket = UnixSocket.Bind(listen.Path, listen.Mode);
        try
        {
            if (listen.User is not null || listen.Group is not null)
                SystemAccounts.ChangeOwner(listen.Path, listen.User, listen.Group);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
