using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GripProxy.Forwarding.Tests.Support;

/// <summary>A client that says exactly what it is told. Text is Latin-1: one character per byte.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly NetworkStream _stream;
    private readonly List<byte> _unread = [];

    private RawClient(NetworkStream stream) => _stream = stream;

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new RawClient(new NetworkStream(socket, ownsSocket: true));
    }

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Reads up to and including the mark.</summary>
    public async Task<string> ReadUntilAsync(string mark)
    {
        while (true)
        {
            var text = Encoding.Latin1.GetString(_unread.ToArray());
            var at = text.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0)
            {
                _unread.RemoveRange(0, at + mark.Length);
                return text[..(at + mark.Length)];
            }

            if (!await FillAsync())
                throw new IOException($"connection ended before '{mark}': {text}");
        }
    }

    /// <summary>Reads one answer as its framing says; without framing, to the connection's end.</summary>
    public async Task<RawResponse> ReadResponseAsync(bool head = false)
    {
        var lines = (await ReadUntilAsync("\r\n\r\n")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var status = lines[0].Split(' ', 3);
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var line in lines[1..])
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
        }

        var response = new RawResponse(status[0], int.Parse(status[1], CultureInfo.InvariantCulture), status.Length > 2 ? status[2] : "", headers, "");
        if (head || response.Code is 204 or 304 or < 200)
            return response;
        if (response.Header("Transfer-Encoding") == "chunked")
            return response with { Body = await ReadChunksAsync() };
        if (response.Header("Content-Length") is { } length)
            return response with { Body = await ReadExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture)) };
        return response with { Body = await ReadToEndAsync() };
    }

    public async Task<string> ReadExactlyAsync(int count)
    {
        while (_unread.Count < count)
        {
            if (!await FillAsync())
                throw new IOException($"connection ended after {_unread.Count} of {count} bytes");
        }

        return Take(count);
    }

    /// <summary>What still comes until the connection ends, cleanly or by reset.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await FillAsync())
        {
        }

        return Take(_unread.Count);
    }

    /// <summary>Reads one chunk; empty: the last one.</summary>
    public async Task<string> ReadChunkAsync()
    {
        var size = int.Parse((await ReadUntilAsync("\r\n")).TrimEnd(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var data = await ReadExactlyAsync(size);
        await ReadUntilAsync("\r\n");
        return data;
    }

    /// <summary>Cuts the connection at once.</summary>
    public void Reset()
    {
        _stream.Socket.LingerState = new LingerOption(true, 0);
        _stream.Dispose();
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<string> ReadChunksAsync()
    {
        var body = new StringBuilder();
        while (await ReadChunkAsync() is { Length: > 0 } chunk)
            body.Append(chunk);
        return body.ToString();
    }

    private async Task<bool> FillAsync()
    {
        var buffer = new byte[65536];
        try
        {
            var count = await _stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
            _unread.AddRange(buffer.AsSpan(0, count));
            return count > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private string Take(int count)
    {
        var text = Encoding.Latin1.GetString(_unread.ToArray(), 0, count);
        _unread.RemoveRange(0, count);
        return text;
    }
}

/// <summary>An answer as it stood on the wire, framing taken off the body.</summary>
internal sealed record RawResponse(string Version, int Code, string Reason, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    /// <summary>The values of all lines of that name, joined by a bar, or null.</summary>
    public string? Header(string name)
    {
        var values = Headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(h => h.Value).ToArray();
        return values.Length == 0 ? null : string.Join('|', values);
    }
}
