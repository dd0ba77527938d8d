using System.Net.Sockets;
using System.Text;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>One connection at a <see cref="RawOrigin"/> whose request head has been read. Owned by its script.</summary>
public sealed class RawExchange(Socket socket, string head, string early, CancellationToken stop)
{
    private readonly byte[] _buffer = new byte[4096];
    private string _early = early;

    public string Path { get; } = head.Split(' ')[1];

    public async Task SendAsync(string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text), stop);

    /// <summary>The next bytes of the body, empty when the other side has ended.</summary>
    public async Task<string> ReadAsync()
    {
        if (_early.Length > 0)
        {
            string text = _early;
            _early = "";
            return text;
        }

        return Encoding.Latin1.GetString(_buffer, 0, await socket.ReceiveAsync(_buffer, stop));
    }

    /// <summary>Waits until the other side has gone, in whatever way.</summary>
    public async Task ClosedAsync()
    {
        try
        {
            while (await ReadAsync() is { Length: > 0 })
            {
            }
        }
        catch (SocketException)
        {
            // Reset: gone as well.
        }
    }

    /// <summary>Makes the end of the script a TCP reset.</summary>
    public void EndWithReset() => socket.LingerState = new LingerOption(enable: true, seconds: 0);
}
