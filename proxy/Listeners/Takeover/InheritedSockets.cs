using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GripProxy.Proxy.Listeners.Takeover;

/// <summary>Sockets that systemd, or whoever speaks its protocol, has opened for this process (sd_listen_fds). Stateless.</summary>
internal static partial class InheritedSockets
{
    private const string ProcessVariable = "LISTEN_PID";
    private const string CountVariable = "LISTEN_FDS";
    private const int First = 3;

    // Of Linux.
    private const int SetFlags = 2; // F_SETFD
    private const int CloseOnExecute = 1; // FD_CLOEXEC

    /// <summary>Takes them; the processes that this one starts get none of them.</summary>
    /// <exception cref="ListenException">One of them is no socket that listens.</exception>
    public static IReadOnlyList<Socket> Take()
    {
        if (!IsFor(Environment.GetEnvironmentVariable(ProcessVariable), Environment.ProcessId)
            || !int.TryParse(Environment.GetEnvironmentVariable(CountVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return [];
        Environment.SetEnvironmentVariable(ProcessVariable, null);
        Environment.SetEnvironmentVariable(CountVariable, null);
        var sockets = new List<Socket>();
        for (var file = First; file < First + count; file++)
            sockets.Add(Take(file));
        return sockets;
    }

    /// <summary>
    /// To be called before the socket is closed here: it goes on listening for whoever else has it. The runtime would shut it down for all, if an accept is
    /// under way at that moment, but spares those that a child may have.
    /// </summary>
    public static void LeaveToOthers(Socket socket) => _ = Control(socket.SafeHandle, SetFlags, 0); // Fails only for what is no file.

    private static bool IsFor(string? text, int process) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number == process;

    private static Socket Take(int file)
    {
        try
        {
            if (Control(file, SetFlags, CloseOnExecute) < 0)
                throw new SocketException((int)SocketError.NotSocket);
            var socket = new Socket(new SafeSocketHandle(file, ownsHandle: true));
            return socket is { SocketType: SocketType.Stream, LocalEndPoint: not null } ? socket : throw new SocketException((int)SocketError.InvalidArgument);
        }
        catch (SocketException e)
        {
            throw new ListenException($"file {file} of {CountVariable} is no bound stream socket ({e.Message}); write ListenStream=addr:port in the socket unit", e);
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int file, int command, int value);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(SafeHandle file, int command, int value);
}
