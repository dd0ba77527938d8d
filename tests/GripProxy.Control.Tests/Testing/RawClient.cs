using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GripProxy.Control.Tests.Testing;

/// <summary>A client that writes HTTP by hand and reads answers by their Content-Length. Owned by one test.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    /// <summary>Longer than any correct step takes on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly StreamReader _reader;
    private readonly CancellationTokenSource _timeout = new(Patience);

    private RawClient(Socket socket)
    {
        _socket = socket;
        // One byte is one character, so that lengths count bytes.
        _reader = new StreamReader(new NetworkStream(socket), Encoding.Latin1);
    }

    public static async Task<RawClient> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new RawClient(socket);
    }

    public async Task SendRawAsync(string text) => await _socket.SendAsync(Encoding.UTF8.GetBytes(text), _timeout.Token);

    public Task SendAsync(string method, string path, string body, params string[] headers)
    {
        var lines = string.Concat(headers.Select(line => line + "\r\n"));
        return SendRawAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{lines}\r\n{body}");
    }

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    public async Task<RawAnswer> ReadAsync(bool isHead = false)
    {
        var statusLine = await LineAsync();
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var line = await LineAsync(); line.Length > 0; line = await LineAsync())
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        var hasBody = !isHead && !statusLine.StartsWith("HTTP/1.1 1", StringComparison.Ordinal);
        return new RawAnswer(statusLine, headers, hasBody ? await BodyAsync(int.Parse(headers["Content-Length"])) : "");
    }

    /// <summary>Reads lines, of whatever they are part, up to this one.</summary>
    public async Task<string> ReadRawAsync(string lastLine)
    {
        var text = new StringBuilder();
        string line;
        do
        {
            line = await LineAsync();
            text.Append(line).Append('\n');
        }
        while (line != lastLine);
        return text.ToString();
    }

    /// <summary>Waits for the server to close; fails if it sends more.</summary>
    public async Task ExpectCloseAsync() => Assert.Equal("", await _reader.ReadToEndAsync(_timeout.Token));

    /// <summary>Waits for the end of the connection, whatever comes before it and however it ends.</summary>
    public async Task ExpectEndAsync()
    {
        try
        {
            await _reader.ReadToEndAsync(_timeout.Token);
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _socket.Dispose();
        _timeout.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> BodyAsync(int length)
    {
        // Asked for nothing, the reader waits for something.
        if (length == 0)
            return "";
        var body = new char[length];
        Assert.Equal(length, await _reader.ReadBlockAsync(body, _timeout.Token));
        return new string(body);
    }

    private async Task<string> LineAsync() =>
        await _reader.ReadLineAsync(_timeout.Token) ?? throw new InvalidOperationException("the server closed within an answer's head");
}
