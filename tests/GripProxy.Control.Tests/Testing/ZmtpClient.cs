using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GripProxy.Control.Tests.Testing;

/// <summary>A peer that speaks ZMTP by hand, so that tests can also speak it wrongly. Owned by one test.</summary>
internal sealed class ZmtpClient : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private readonly CancellationTokenSource _timeout = new(RawClient.Patience);

    private ZmtpClient(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    /// <summary>A greeting of NULL.</summary>
    public static byte[] Greeting(byte major = 3, byte minor = 0, string mechanism = "NULL")
    {
        var bytes = new byte[64];
        bytes[0] = 0xFF;
        bytes[9] = 0x7F;
        bytes[10] = major;
        bytes[11] = minor;
        Encoding.ASCII.GetBytes(mechanism, bytes.AsSpan(12));
        return bytes;
    }

    /// <summary>READY with a socket type.</summary>
    public static byte[] Ready(string type) =>
        Frame(4, [5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, (byte)type.Length, .. Encoding.ASCII.GetBytes(type), 8, .. "Identity"u8, 0, 0, 0, 0]);

    /// <summary>A short or long frame.</summary>
    public static byte[] Frame(byte flags, byte[] body)
    {
        if (body.Length < 256)
            return [flags, (byte)body.Length, .. body];
        var length = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, body.Length);
        return [(byte)(flags | 2), .. length, .. body];
    }

    /// <summary>Connects and says nothing yet.</summary>
    public static async Task<ZmtpClient> ConnectAsync(EndPoint address)
    {
        var protocol = address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, protocol);
        await socket.ConnectAsync(address);
        return new ZmtpClient(socket);
    }

    /// <summary>Takes the next connection of a listening socket.</summary>
    public static async Task<ZmtpClient> AcceptAsync(Socket listening)
    {
        using var timeout = new CancellationTokenSource(RawClient.Patience);
        return new ZmtpClient(await listening.AcceptAsync(timeout.Token));
    }

    /// <summary>Connects and shakes hands.</summary>
    public static async Task<ZmtpClient> OpenAsync(EndPoint address, string type, byte minor = 0)
    {
        var client = await ConnectAsync(address);
        await client.ShakeHandsAsync(type, minor);
        return client;
    }

    /// <summary>Greeting and READY of both sides.</summary>
    public async Task ShakeHandsAsync(string type, byte minor = 0)
    {
        await SendRawAsync([.. Greeting(minor: minor), .. Ready(type)]);
        await GreetingAsync();
        var (flags, body) = await FrameAsync();
        Assert.Equal((4, "\u0005READY"), (flags, Encoding.ASCII.GetString(body, 0, 6)));
    }

    /// <summary>Reads the greeting of the other side.</summary>
    public async Task GreetingAsync() => await _stream.ReadExactlyAsync(new byte[64], _timeout.Token);

    public async Task SendRawAsync(byte[] bytes) => await _stream.WriteAsync(bytes, _timeout.Token);

    /// <summary>Sends a message of text parts.</summary>
    public Task SendAsync(params string[] parts) => SendAsync(parts.Select(Encoding.UTF8.GetBytes).ToArray());

    /// <summary>Sends a message.</summary>
    public Task SendAsync(params byte[][] parts) =>
        SendRawAsync([.. parts.SelectMany((part, i) => Frame(i + 1 < parts.Length ? (byte)1 : (byte)0, part))]);

    /// <summary>The next frame, whatever it is.</summary>
    public async Task<(int Flags, byte[] Body)> FrameAsync()
    {
        var header = new byte[9];
        await _stream.ReadExactlyAsync(header.AsMemory(0, 2), _timeout.Token);
        var length = (long)header[1];
        if ((header[0] & 2) != 0)
        {
            await _stream.ReadExactlyAsync(header.AsMemory(2), _timeout.Token);
            length = BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(1));
        }

        var body = new byte[length];
        await _stream.ReadExactlyAsync(body, _timeout.Token);
        return (header[0] & ~2, body);
    }

    /// <summary>The next frame as text: <c>+</c> in front if more follows, <c>/</c> if it is a command.</summary>
    public async Task<string> TextAsync()
    {
        var (flags, body) = await FrameAsync();
        return (flags switch { 1 => "+", 4 => "/", _ => "" }) + Encoding.UTF8.GetString(body);
    }

    /// <summary>Ends when the other side has closed the connection, whatever it still sent.</summary>
    public async Task WhenClosedAsync()
    {
        var buffer = new byte[1024];
        try
        {
            while (await _stream.ReadAsync(buffer, _timeout.Token) > 0)
                continue;
        }
        catch (IOException)
        {
            // A reset closes too.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _timeout.Dispose();
    }
}
