using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>
/// An origin that may lie: each connection's request head is read and then a script does what it likes with the socket. Thread-safe.
/// </summary>
public sealed class RawOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Socket, string, CancellationToken, Task> _script;
    private readonly Task _accepting;

    /// <param name="script">Receives the socket, the request's path, and a token that fires when the origin is disposed.</param>
    public RawOrigin(Func<Socket, string, CancellationToken, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Waits until the other side has closed.</summary>
    public static async Task ClosedAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, cancellationToken) > 0)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket accepted)
    {
        using Socket socket = accepted;
        try
        {
            StringBuilder head = new();
            byte[] buffer = new byte[4096];
            while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                int read = await socket.ReceiveAsync(buffer, _stop.Token);
                if (read == 0)
                {
                    return;
                }

                head.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }

            await _script(socket, head.ToString().Split(' ')[1], _stop.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The proxy or the test went away first: that is one of the plays.
        }
    }
}
