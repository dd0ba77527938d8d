using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GripProxy.Proxy.Listeners.Takeover;

/// <summary>
/// A TCP port on which several processes listen (own-config.md [drain], share_ports). The system spreads new connections over them; whoever goes
/// tells it first to choose another, and accepts for a while what has begun with him, so that no connection is refused. Stateless.
/// </summary>
internal static class SharedPort
{
    // Of Linux.
    private const int SocketLevel = 1;
    private const int ReusePort = 15;
    private const int AttachChoice = 51; // SO_ATTACH_REUSEPORT_CBPF
    private const int DetachChoice = 68; // SO_DETACH_REUSEPORT_BPF
    private const long ReturnConstant = 0x06; // BPF_RET | BPF_K
    private const long FirstListener = 0;
    private const long SecondListener = 1;

    // Handshakes that have begun take a round trip.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    /// <summary>Binds a socket to a port that may be bound already by another process of the same user.</summary>
    /// <exception cref="SocketException">The address is taken by somebody who does not share it.</exception>
    public static Socket Bind(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            Set(socket, ReusePort, 1);
            socket.Bind(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes its share of new connections, whatever somebody who went has said. The socket listens.</summary>
    /// <returns>Who listens there already, for <see cref="LeaveAsync"/>.</returns>
    public static IReadOnlyList<string> Enter(Socket socket)
    {
        var elders = PortListeners.OthersThan(socket);
        try
        {
            Set(socket, DetachChoice, 1);
        }
        catch (SocketException)
        {
            // Nobody has said anything.
        }

        return elders;
    }

    /// <summary>
    /// Leaves new connections to another process, if one listens there; completes when those that had begun here can be accepted. Of two, the one that came
    /// later is the second for the system: it may be the one that goes, because it is no good. Where there is no such one, the system chooses as before.
    /// </summary>
    /// <param name="socket">The socket, which is closed afterwards.</param>
    /// <param name="elders">Who listened there when it entered.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async ValueTask LeaveAsync(Socket socket, IReadOnlyList<string> elders, CancellationToken cancellationToken)
    {
        try
        {
            Choose(socket, PortListeners.OthersThan(socket).Intersect(elders).Any() ? FirstListener : SecondListener);
        }
        catch (SocketException)
        {
            // An old system: some connections may still come, and those of the last moment are reset.
        }

        await Task.Delay(Linger, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Lets a program of one instruction, "the listener of this number", choose.</summary>
    private static void Choose(Socket socket, long number)
    {
        var instruction = Marshal.AllocHGlobal(sizeof(long));
        try
        {
            // struct sock_filter { u16 code; u8 jt, jf; u32 k; } and struct sock_fprog { u16 len; sock_filter *filter; }, little-endian as all of Linux that .NET runs on.
            Marshal.WriteInt64(instruction, ReturnConstant | (number << 32));
            Span<long> program = [1, instruction];
            socket.SetRawSocketOption(SocketLevel, AttachChoice, MemoryMarshal.AsBytes(program));
        }
        finally
        {
            Marshal.FreeHGlobal(instruction);
        }
    }

    private static void Set(Socket socket, int option, int value) => socket.SetRawSocketOption(SocketLevel, option, MemoryMarshal.AsBytes<int>([value]));
}
