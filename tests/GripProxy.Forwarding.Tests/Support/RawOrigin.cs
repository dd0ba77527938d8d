using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GripProxy.Testing;

namespace GripProxy.Forwarding.Tests.Support;

/// <summary>An origin that says exactly what it is told, and remembers what it was asked. Text is Latin-1.</summary>
internal sealed class RawOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly Func<OriginConnection, Task> _serve;
    private readonly ConcurrentBag<OriginConnection> _connections = [];

    private RawOrigin(Func<OriginConnection, Task> serve, int port = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, port);
        _serve = serve;
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>As a route names it.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Requests seen, heads and bodies.</summary>
    public ConcurrentQueue<OriginRequest> Requests { get; } = new();

    public OriginRequest Single => Assert.Single(Requests);

    /// <summary>Each connection is served by the given code; what it throws ends the connection.</summary>
    public static RawOrigin Serving(Func<OriginConnection, Task> serve, int port = 0) => new(serve, port);

    /// <summary>Accepts a WebSocket with these header lines and serves it with the given code.</summary>
    public static RawOrigin WebSocket(Func<RawWebSocket, Task> serve, params string[] headers) => new(async connection =>
    {
        var handshake = await connection.ReadRequestAsync();
        await serve(await connection.AcceptAsync(handshake, headers));
    });

    /// <summary>Answers every request on every connection with this text.</summary>
    public static RawOrigin Answering(string response) => Answering(_ => response);

    /// <summary>Answers every request with what the function says.</summary>
    public static RawOrigin Answering(Func<OriginRequest, string> respond) => new(async connection =>
    {
        while (true)
            await connection.SendAsync(respond(await connection.ReadRequestAsync()));
    });

    /// <summary>A loopback port that nobody listens on.</summary>
    public static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (var connection in _connections)
            connection.Close();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = new OriginConnection(this, await _listener.AcceptSocketAsync());
                _connections.Add(connection);
                _ = ServeAsync(connection);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(OriginConnection connection)
    {
        try
        {
            await _serve(connection);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The proxy or the test closed it.
        }

        connection.Close();
    }
}

/// <summary>One request as it stood on the wire.</summary>
internal sealed record OriginRequest(string Line, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    public string Target => Line.Split(' ')[1];

    /// <summary>The values of all lines of that name, joined by a bar, or null.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).ToArray();
        return values.Length == 0 ? null : string.Join('|', values);
    }
}

/// <summary>The origin's end of one connection.</summary>
internal sealed class OriginConnection(RawOrigin origin, Socket socket)
{
    private readonly List<byte> _unread = [];

    /// <summary>Reads a whole request, its body as the framing says.</summary>
    public async Task<OriginRequest> ReadRequestAsync()
    {
        var request = await ReadHeadAsync();
        if (request.Header("Content-Length") is { } length)
            request = request with { Body = await ReadExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture)) };
        else if (request.Header("Transfer-Encoding") is not null)
            request = request with { Body = await ReadChunksAsync() };
        origin.Requests.Enqueue(request);
        return request;
    }

    /// <summary>Reads a head only; it is not remembered among the requests.</summary>
    public async Task<OriginRequest> ReadHeadAsync()
    {
        var lines = (await ReadUntilAsync("\r\n\r\n")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var line in lines[1..])
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }

        return new OriginRequest(lines[0], headers, "");
    }

    /// <summary>Takes the request that was read for a WebSocket's handshake and accepts it, with further header lines.</summary>
    public async Task<RawWebSocket> AcceptAsync(OriginRequest handshake, params string[] headers)
    {
        var lines = string.Concat(headers.Select(line => line + "\r\n"));
        await SendAsync(
            $"HTTP/1.1 101 Switching Protocols\r\n{lines}Upgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Accept: {RawWebSocket.Accept(handshake.Header("Sec-WebSocket-Key")!)}\r\n\r\n"); // Ours always has one.
        return new RawWebSocket(new NetworkStream(socket), isClient: false);
    }

    public async Task SendAsync(string text) => await socket.SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task<string> ReadExactlyAsync(int count)
    {
        while (_unread.Count < count)
            await FillAsync();
        return Take(count);
    }

    /// <summary>Ends when the proxy has closed its side.</summary>
    public async Task ReadToEndAsync()
    {
        try
        {
            while (true)
                await FillAsync();
        }
        catch (IOException)
        {
            // That was it.
        }
    }

    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public void Close()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }

        socket.Dispose();
    }

    private async Task<string> ReadChunksAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            var size = int.Parse((await ReadUntilAsync("\r\n")).TrimEnd(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Append(await ReadExactlyAsync(size));
            await ReadUntilAsync("\r\n");
            if (size == 0)
                return body.ToString();
        }
    }

    private async Task<string> ReadUntilAsync(string mark)
    {
        while (true)
        {
            var text = Encoding.Latin1.GetString(_unread.ToArray());
            var at = text.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0)
                return Take(at + mark.Length);
            await FillAsync();
        }
    }

    private async Task FillAsync()
    {
        var buffer = new byte[65536];
        int count;
        try
        {
            count = await socket.ReceiveAsync(buffer);
        }
        catch (SocketException e)
        {
            throw new IOException("reset", e);
        }

        if (count == 0)
            throw new IOException("closed");
        _unread.AddRange(buffer.AsSpan(0, count));
    }

    private string Take(int count)
    {
        var text = Encoding.Latin1.GetString(_unread.ToArray(), 0, count);
        _unread.RemoveRange(0, count);
        return text;
    }
}
