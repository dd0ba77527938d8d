using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>
/// An HTTP/1 client over one bare socket, so that a test sees and decides about every byte. Bytes are characters of Latin-1.
/// Owned by one test, used by one task at a time.
/// </summary>
public sealed class RawHttp : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly StringBuilder _received = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private string _streamed = "";

    private RawHttp(Socket socket) => _socket = socket;

    public static async Task<RawHttp> ConnectAsync(IPEndPoint address)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address);
        return new RawHttp(socket);
    }

    /// <summary>The text of a GET request.</summary>
    public static string Get(string target, string host = "example.test", params string[] headers) =>
        $"GET {target} HTTP/1.1\r\nHost: {host}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";

    public async Task SendAsync(string text)
    {
        ReadOnlyMemory<byte> rest = Encoding.Latin1.GetBytes(text);
        while (rest.Length > 0)
        {
            rest = rest[await _socket.SendAsync(rest).AsTask().WaitAsync(s_patience)..];
        }
    }

    /// <summary>Sends a GET and reads the whole answer.</summary>
    public async Task<RawResponse> GetAsync(string target, string host = "example.test", params string[] headers)
    {
        await SendAsync(Get(target, host, headers));
        return await ReadResponseAsync();
    }

    /// <summary>Reads up to the empty line; interim answers (1xx) are skipped.</summary>
    public async Task<RawResponse> ReadHeadAsync()
    {
        while (true)
        {
            string head = await TakeThroughAsync("\r\n\r\n");
            string[] lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            RawResponse response = new(lines[0], [.. lines.Skip(1).Select(HeaderOf)], "");
            if (response.Status >= 200)
            {
                _streamed = "";
                return response;
            }
        }
    }

    /// <summary>Reads one answer to its end as its head says.</summary>
    public async Task<RawResponse> ReadResponseAsync(bool hasBody = true)
    {
        RawResponse head = await ReadHeadAsync();
        if (!hasBody || head.Status is 204 or 304)
        {
            return head;
        }

        if (head.Header("Transfer-Encoding") is "chunked")
        {
            StringBuilder body = new();
            while (await ReadChunkAsync() is { Length: > 0 } chunk)
            {
                body.Append(chunk);
            }

            return head with { Body = body.ToString() };
        }

        return head.Header("Content-Length") is { } length
            ? head with { Body = await TakeAsync(int.Parse(length)) }
            : head with { Body = await ReadToEndAsync() };
    }

    /// <summary>The next chunk of a chunked body, empty at its proper end.</summary>
    public async Task<string> ReadChunkAsync()
    {
        string size = await TakeThroughAsync("\r\n");
        string chunk = await TakeAsync(int.Parse(size.AsSpan().Trim(), NumberStyles.HexNumber));
        await TakeThroughAsync("\r\n");
        return chunk;
    }

    /// <summary>Reads chunks until all that came since the head ends with this text; gives all of it.</summary>
    public async Task<string> ReadStreamAsync(string end)
    {
        while (!_streamed.EndsWith(end, StringComparison.Ordinal))
        {
            string chunk = await ReadChunkAsync();
            Assert.False(chunk.Length == 0, $"The stream ended; expected \"{end}\" after \"{_streamed}\"");
            _streamed += chunk;
        }

        return _streamed;
    }

    /// <summary>Reads until the text has come, whatever the framing; gives everything up to and with it.</summary>
    public Task<string> ReadThroughAsync(string end) => TakeThroughAsync(end);

    /// <summary>Everything until the peer closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await ReceiveAsync())
        {
        }

        return Take(_received.Length);
    }

    /// <summary>Waits for the peer to close, in whatever way; true if nothing else came before.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return !await ReceiveAsync();
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>Ends the sending side only.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Goes away with a TCP reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static KeyValuePair<string, string> HeaderOf(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        Assert.True(colon > 0, $"Not a header line: \"{line}\"");
        return new KeyValuePair<string, string>(line[..colon], line[(colon + 1)..].Trim());
    }

    private async Task<string> TakeThroughAsync(string end)
    {
        while (true)
        {
            int position = _received.ToString().IndexOf(end, StringComparison.Ordinal);
            if (position >= 0)
            {
                return Take(position + end.Length);
            }

            Assert.True(await ReceiveAsync(), $"The peer closed; waiting for \"{end}\" after \"{_received}\"");
        }
    }

    private async Task<string> TakeAsync(int length)
    {
        while (_received.Length < length)
        {
            Assert.True(await ReceiveAsync(), $"The peer closed; {_received.Length} of {length} bytes came");
        }

        return Take(length);
    }

    private string Take(int length)
    {
        string text = _received.ToString(0, length);
        _received.Remove(0, length);
        return text;
    }

    private async Task<bool> ReceiveAsync()
    {
        int read;
        try
        {
            read = await _socket.ReceiveAsync(_buffer.AsMemory()).AsTask().WaitAsync(s_patience);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"Nothing came for {s_patience.TotalSeconds} s. Unread so far: \"{_received}\"", exception);
        }

        _received.Append(Encoding.Latin1.GetString(_buffer, 0, read));
        return read > 0;
    }
}
