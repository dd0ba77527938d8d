using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace GripProxy.Testing;

/// <summary>
/// One side of a WebSocket that sends exactly the frames it is told to, and shows each frame it gets. Owned by one test; one reader and one writer.
/// </summary>
/// <param name="stream">The connection; after the handshake for a server.</param>
/// <param name="isClient">Whether frames are masked.</param>
public sealed class RawWebSocket(Stream stream, bool isClient) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private byte[] _unread = [];

    /// <summary>Status and headers of the server's answer, a line each. Only for clients.</summary>
    public IReadOnlyList<string> Answer { get; private set; } = [];

    /// <summary>Opens a WebSocket; the answer must be 101.</summary>
    public static async Task<RawWebSocket> ConnectAsync(IPEndPoint address, string path, params string[] headers)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address);
        RawWebSocket client = new(new NetworkStream(socket, ownsSocket: true), isClient: true);
        string key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        StringBuilder head = new();
        head.Append(CultureInfo.InvariantCulture, $"GET {path} HTTP/1.1\r\n");
        if (!headers.Any(line => line.StartsWith("Host:", StringComparison.OrdinalIgnoreCase)))
        {
            head.Append("Host: example.test\r\n");
        }

        head.Append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Sec-WebSocket-Key: {key}\r\n");
        foreach (string line in headers)
        {
            head.Append(line).Append("\r\n");
        }

        await client.SendBytesAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()));
        await client.ReadAnswerAsync(key);
        return client;
    }

    /// <summary>What answers a handshake's key.</summary>
    public static string Accept(string key)
    {
#pragma warning disable CA5350 // The handshake of RFC 6455 says so.
        return Convert.ToBase64String(SHA1.HashData(Encoding.Latin1.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }

    /// <summary>The values of all answer headers of that name, joined by a bar, or null. Only for clients.</summary>
    public string? AnswerHeader(string name)
    {
        string[] values = [.. Answer.Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim())];
        return values.Length == 0 ? null : string.Join('|', values);
    }

    public Task SendBytesAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes).AsTask().WaitAsync(s_patience);

    public async Task SendAsync(params RawFrame[] frames)
    {
        using MemoryStream bytes = new();
        foreach (RawFrame frame in frames)
        {
            Write(bytes, frame);
        }

        await SendBytesAsync(bytes.ToArray());
    }

    public Task SendTextAsync(string text) => SendAsync(RawFrame.OfText(text));

    public Task SendCloseAsync(int code, string reason = "") => SendAsync(RawFrame.OfClose(code, reason));

    /// <summary>The next frame; the connection must not have ended.</summary>
    public async Task<RawFrame> ReadFrameAsync() => await TryReadFrameAsync() ?? throw new IOException("The connection ended where a frame was expected.");

    /// <summary>The next frame, or null at the connection's end.</summary>
    public async Task<RawFrame?> TryReadFrameAsync()
    {
        if (!await FillAsync(2))
        {
            return null;
        }

        int head = _unread[0];
        bool masked = (_unread[1] & 0x80) != 0;
        int length = _unread[1] & 0x7f;
        int start = 2 + (length == 127 ? 8 : length == 126 ? 2 : 0);
        if (!await FillAsync(start))
        {
            return null;
        }

        long size = length == 127 ? BinaryPrimitives.ReadInt64BigEndian(_unread.AsSpan(2)) : length == 126 ? BinaryPrimitives.ReadUInt16BigEndian(_unread.AsSpan(2)) : length;
        int mask = start;
        start += masked ? 4 : 0;
        int end = checked((int)(start + size));
        if (!await FillAsync(end))
        {
            return null;
        }

        byte[] content = _unread[start..end];
        for (int i = 0; masked && i < content.Length; i++)
        {
            content[i] ^= _unread[mask + (i % 4)];
        }

        _unread = _unread[end..];
        if (masked == isClient)
        {
            throw new InvalidDataException(masked ? "A server's frame is masked." : "A client's frame is not masked.");
        }

        return new RawFrame(head & 0x0f, content, (head & 0x80) != 0, (head >> 4) & 7);
    }

    /// <summary>The next message as one frame, or the next control frame between messages.</summary>
    public async Task<RawFrame> ReadMessageAsync()
    {
        RawFrame first = await ReadFrameAsync();
        if (first.IsLast)
        {
            return first;
        }

        using MemoryStream content = new();
        content.Write(first.Content);
        while (true)
        {
            RawFrame next = await ReadFrameAsync();
            if (next.Opcode != RawFrame.Continuation)
            {
                throw new InvalidDataException($"{next} inside a message");
            }

            content.Write(next.Content);
            if (next.IsLast)
            {
                return first with { Content = content.ToArray(), IsLast = true };
            }
        }
    }

    /// <summary>The next message, which must be text.</summary>
    public async Task<string> ReadTextAsync()
    {
        RawFrame message = await ReadMessageAsync();
        return message.Opcode == RawFrame.TextCode ? message.Text : throw new InvalidDataException($"{message} where text was expected");
    }

    /// <summary>Code and reason of the next frame, which must be a close frame.</summary>
    public async Task<(int Code, string Reason)> ReadCloseAsync()
    {
        RawFrame frame = await ReadFrameAsync();
        return frame.Opcode == RawFrame.CloseCode ? frame.Status : throw new InvalidDataException($"{frame} where a close frame was expected");
    }

    /// <summary>Waits for the connection's end; nothing but that may come.</summary>
    public async Task ReadEndAsync()
    {
        if (await TryReadFrameAsync() is { } frame)
        {
            throw new InvalidDataException($"{frame} where the end was expected");
        }
    }

    /// <summary>Cuts the connection at once, by a reset.</summary>
    public void Reset()
    {
        if (stream is NetworkStream network)
        {
            network.Socket.LingerState = new LingerOption(true, 0);
        }

        stream.Dispose();
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private void Write(MemoryStream bytes, RawFrame frame)
    {
        int maskBit = isClient ? 0x80 : 0;
        bytes.WriteByte((byte)((frame.IsLast ? 0x80 : 0) | (frame.Reserved << 4) | frame.Opcode));
        Span<byte> length = stackalloc byte[8];
        switch (frame.Content.Length)
        {
            case < 126:
                bytes.WriteByte((byte)(maskBit | frame.Content.Length));
                break;
            case <= ushort.MaxValue:
                bytes.WriteByte((byte)(maskBit | 126));
                BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)frame.Content.Length);
                bytes.Write(length[..2]);
                break;
            default:
                bytes.WriteByte((byte)(maskBit | 127));
                BinaryPrimitives.WriteInt64BigEndian(length, frame.Content.Length);
                bytes.Write(length);
                break;
        }

        if (!isClient)
        {
            bytes.Write(frame.Content);
            return;
        }

        byte[] mask = RandomNumberGenerator.GetBytes(4);
        bytes.Write(mask);
        for (int i = 0; i < frame.Content.Length; i++)
        {
            bytes.WriteByte((byte)(frame.Content[i] ^ mask[i % 4]));
        }
    }

    private async Task ReadAnswerAsync(string key)
    {
        int end;
        while ((end = _unread.AsSpan().IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync(_unread.Length + 1))
            {
                throw new IOException($"The connection ended inside the handshake: {Encoding.Latin1.GetString(_unread)}");
            }
        }

        Answer = Encoding.Latin1.GetString(_unread, 0, end).Split("\r\n");
        _unread = _unread[(end + 4)..];
        if (!Answer[0].StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal) || AnswerHeader("Sec-WebSocket-Accept") != Accept(key))
        {
            throw new InvalidDataException($"The handshake was answered with: {string.Join(" | ", Answer)} | {Encoding.Latin1.GetString(_unread)}");
        }
    }

    /// <summary>Reads until so many bytes are there; false: the connection ended before.</summary>
    private async Task<bool> FillAsync(int count)
    {
        byte[] buffer = new byte[64 * 1024];
        while (_unread.Length < count)
        {
            int read;
            try
            {
                read = await stream.ReadAsync(buffer).AsTask().WaitAsync(s_patience);
            }
            catch (IOException)
            {
                read = 0;
            }

            if (read == 0)
            {
                return false;
            }

            _unread = [.. _unread, .. buffer.AsSpan(0, read)];
        }

        return true;
    }
}
