using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GripProxy.Proxy.Commands;

/// <summary>Where a demo listens, all on loopback; 0 is any free port. Immutable.</summary>
/// <param name="Client">For browsers.</param>
/// <param name="Control">For publishers.</param>
/// <param name="Origin">Of the sample origin.</param>
internal sealed record DemoPorts(int Client, int Control, int Origin)
{
    /// <summary>
    /// Tries the ports before anything starts, so that a refusal is one line that names the option. Null: all can be had.
    /// </summary>
    public string? FindTaken() =>
        FindTaken(Client, "--port") ?? FindTaken(Control, "--control-port") ?? FindTaken(Origin, "--origin-port");

    private static string? FindTaken(int port, string option)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return null;
        }
        catch (SocketException e)
        {
            return string.Create(CultureInfo.InvariantCulture, $"unable to bind 127.0.0.1:{port}: {e.Message}; choose another with {option}");
        }
    }
}
