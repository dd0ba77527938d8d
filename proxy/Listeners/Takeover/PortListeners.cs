using System.Globalization;
using System.Net.Sockets;

namespace GripProxy.Proxy.Listeners.Takeover;

/// <summary>Who listens on a TCP port, as Linux tells it: sockets by their numbers, which a process may read of all. Stateless.</summary>
internal static class PortListeners
{
    private const int LocalColumn = 1;
    private const int StateColumn = 3;
    private const int NumberColumn = 9;
    private const string Listening = "0A";

    /// <summary>The numbers of the other sockets that listen on the very address of this one; none where the system does not tell.</summary>
    public static IReadOnlyList<string> OthersThan(Socket socket)
    {
        try
        {
            var own = NumberOf(socket);
            var all = Read(socket.AddressFamily == AddressFamily.InterNetworkV6 ? "/proc/net/tcp6" : "/proc/net/tcp");
            return all.FirstOrDefault(row => row[NumberColumn] == own) is not { } mine
                ? []
                : [.. all.Where(row => row[LocalColumn] == mine[LocalColumn] && row[NumberColumn] != own).Select(static row => row[NumberColumn])];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not mounted, or hidden.
            return [];
        }
    }

    private static string NumberOf(Socket socket)
    {
        // A link to "socket:[number]", which is no path.
        var target = new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{socket.Handle}")).LinkTarget ?? "";
        return target[(target.IndexOf('[', StringComparison.Ordinal) + 1)..].TrimEnd(']');
    }

    // Those that listen come first; the others may be a hundred thousand.
    private static List<string[]> Read(string table) =>
        [.. File.ReadLines(table)
            .Skip(1)
            .Select(static row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .TakeWhile(static row => row.Length > NumberColumn && row[StateColumn] == Listening)];
}
