using System.Net.Sockets;

namespace GripProxy.Control.Sockets;

/// <summary>Binds Unix sockets: what a dead process left is replaced, a socket that is alive or somebody's file is not. Stateless.</summary>
public static class UnixSocket
{
    /// <summary>What fits into a socket address, without the byte that ends it.</summary>
    public const int LongestPath = 107;

    /// <summary>Binds; the caller starts listening, so that nobody connects before permissions are as wanted.</summary>
    /// <param name="path">Absolute path, at most <see cref="LongestPath"/> bytes. Its folder is created if it is missing.</param>
    /// <param name="mode">Permissions; null: what the process's mask leaves.</param>
    /// <exception cref="DirectoryNotFoundException">The folder cannot be created.</exception>
    /// <exception cref="IOException">There is a file of that name, or another process listens there.</exception>
    /// <exception cref="SocketException">It cannot be bound.</exception>
    /// <exception cref="UnauthorizedAccessException">The file system does not allow it.</exception>
    public static Socket Bind(string path, UnixFileMode? mode)
    {
        CreateFolder(path);
        RemoveStale(path);
        var socket = New();
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (mode is { } wanted && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, wanted);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket that is neither bound nor connected.</summary>
    public static Socket New() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static void CreateFolder(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "/";
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DirectoryNotFoundException($"failed to create directory: {folder}: {e.Message}", e);
        }
    }

    private static void RemoveStale(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            return;
        // A socket has no content; whatever has some is somebody's file.
        if (file.Length > 0)
            throw new IOException("there is a file of that name");
        if (IsAlive(path))
            throw new IOException("another process listens there");
        file.Delete();
    }

    private static bool IsAlive(string path)
    {
        using var probe = New();
        // A process whose queue of connections is full is alive too; nothing waits for it.
        probe.Blocking = false;
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress or SocketError.AccessDenied;
        }
    }
}
