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
    private readonly Func<RawExchange, Task> _script;
    private readonly Task _accepting;

    public RawOrigin(Func<RawExchange, Task> script)
    {
        _script = script;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

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
            string received = "";
            byte[] buffer = new byte[4096];
            int end;
            while ((end = received.IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
            {
                int read = await socket.ReceiveAsync(buffer, _stop.Token);
                if (read == 0)
                {
                    return;
                }

                received += Encoding.Latin1.GetString(buffer, 0, read);
            }

            await _script(new RawExchange(socket, received[..end], received[(end + 4)..], _stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The proxy or the test went away first: that is one of the plays.
        }
    }
}
