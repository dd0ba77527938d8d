using System.Net.Sockets;

namespace GripProxy.Proxy.Listeners.Local;

/// <summary>Binds a Unix socket: what a dead process left is replaced, permissions and owner are set before anybody can connect. Stateless.</summary>
internal static class LocalSocket
{
    /// <summary>Binds; the caller starts listening.</summary>
    /// <exception cref="ListenException">It cannot be bound (CLI-04).</exception>
    public static Socket Bind(LocalListen listen)
    {
        try
        {
            CreateFolder(listen.Path);
            RemoveStale(listen);
            return BindNow(listen);
        }
        catch (Exception e) when (e is (SocketException or IOException or UnauthorizedAccessException) and not ListenException)
        {
            throw new ListenException(listen.EndPoint, e.Message, e);
        }
    }

    private static Socket BindNow(LocalListen listen)
    {
        var socket = New();
        try
        {
            socket.Bind(listen.EndPoint);
            // Nobody connects before the socket listens.
            if (listen.Mode is { } mode && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(listen.Path, mode);
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

    private static void CreateFolder(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "/";
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ListenException($"failed to create directory: {folder}: {e.Message}", e);
        }
    }

    private static void RemoveStale(LocalListen listen)
    {
        var file = new FileInfo(listen.Path);
        if (!file.Exists)
            return;
        // A socket has no content; whatever has some is somebody's file.
        if (file.Length > 0)
            throw new IOException("there is a file of that name");
        if (IsAlive(listen))
            throw new IOException("another process listens there");
        file.Delete();
    }

    private static bool IsAlive(LocalListen listen)
    {
        using var probe = New();
        // A process whose queue of connections is full is alive too; nothing waits for it.
        probe.Blocking = false;
        try
        {
            probe.Connect(listen.EndPoint);
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress or SocketError.AccessDenied;
        }
    }

    private static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
