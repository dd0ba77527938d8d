using System.Net;
using System.Net.Sockets;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>
/// Gives loopback ports that nobody uses, below the range from which outgoing connections take theirs. Thread-safe; a port is
/// given out once per test process.
/// </summary>
public static class FreePorts
{
    private const int First = 12000;
    private const int Count = 9000;

    private static int s_next = Environment.ProcessId * 61 % Count;

    public static int Take()
    {
        for (int tries = 0; tries < Count; tries++)
        {
            int port = First + (int)((uint)Interlocked.Increment(ref s_next) % Count);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No free port from {First} to {First + Count - 1}");
    }

    private static bool IsFree(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
