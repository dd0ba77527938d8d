using System.Buffers.Binary;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests;

/// <summary>Clients that want to hurt: each is bounded, what it is refused is counted, and nobody else notices.</summary>
public sealed class AbuseTests(AbusedProxy world) : IClassFixture<AbusedProxy>
{
    // What a flood may cost, with what the runtime keeps for itself; a flood that is kept would cost more.
    private const int MemoryMiB = 128;
    private const int FloodBytes = 48 * 1024 * 1024;
    private const int LargeFloodBytes = 256 * 1024 * 1024;
    private static readonly TimeSpan s_standstill = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Heads_ThatNeverEnd_AreAnsweredAndClosed()
    {
        int before = await world.RefusalsAsync("head_timeout");
        List<RawHttp> clients = [];
        for (int i = 0; i < 100; i++)
        {
            RawHttp client = await world.Proxy.ConnectAsync();
            await client.SendAsync("GET /here HTTP/1.1\r\nHost: example.test\r\nX-Slow: ");
            clients.Add(client);
        }

        await world.ServesAsync();
        foreach (RawHttp client in clients)
        {
            Assert.StartsWith("HTTP/1.1 408 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
            await client.DisposeAsync();
        }

        Assert.Equal(before + 100, await world.RefusalsAsync("head_timeout"));
    }

    [Fact]
    public async Task Bodies_ThatNeverCome_KeepNobodyElseWaiting()
    {
        List<RawHttp> clients = [];
        for (int i = 0; i < 100; i++)
        {
            RawHttp client = await world.Proxy.ConnectAsync();
            await client.SendAsync("POST /here HTTP/1.1\r\nHost: example.test\r\nContent-Length: 1000000\r\n\r\nx");
            clients.Add(client);
        }

        await world.ServesAsync();
        foreach (RawHttp client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("settings")]
    [InlineData("ping")]
    [InlineData("rapid reset")]
    [InlineData("window update")]
    public async Task Http2_Flood_IsBounded(string kind)
    {
        byte[] round = kind switch
        {
            "settings" => Frame(4, 0, 0, [0, 3, 0, 0, 0, 100]),
            "ping" => Frame(6, 0, 0, new byte[8]),
            "window update" => Frame(8, 0, 0, [0, 0, 0, 1]),
            _ => [],
        };
        int stream = -1;
        int before = world.MemoryMiB();
        await using NetworkStream client = await Http2Async();
        await FloodAsync(client, kind == "rapid reset" ? FloodBytes / 16 : FloodBytes, () => kind == "rapid reset" ? Reset(stream += 2) : round);

        await world.ServesAsync();
        Assert.InRange(world.MemoryMiB(), 0, before + MemoryMiB);
    }

    [Fact]
    public async Task Http2_HeadThatNeverEnds_EndsTheConnection()
    {
        int before = world.MemoryMiB();
        await using NetworkStream client = await Http2Async();
        // A head that is not finished, and more and more of it: a literal field without index, of 1000 bytes.
        byte[] field = [0x00, 0x01, (byte)'x', 0x7f, 0xe9, 0x06, .. Encoding.ASCII.GetBytes(new string('y', 1000))];
        bool isFirst = true;
        await FloodAsync(client, FloodBytes, () =>
        {
            byte[] next = isFirst ? Frame(1, 1, 1, [0x82, 0x86, 0x84, 0x41, 0x01, (byte)'a', .. field]) : Frame(9, 0, 1, field);
            isFirst = false;
            return next;
        });

        Assert.True(await EndsAsync(client));
        await world.ServesAsync();
        Assert.InRange(world.MemoryMiB(), 0, before + MemoryMiB);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task WebSocket_PingFloodWithoutReading_IsHeldBack(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);
        int before = world.MemoryMiB();
        // A ping of 125 bytes, masked with zeros.
        byte[] pings = [.. Enumerable.Repeat<byte[]>([0x89, 0xfd, 0, 0, 0, 0, .. new byte[125]], 1000).SelectMany(ping => ping)];
        for (int sent = 0; sent < LargeFloodBytes; sent += pings.Length)
        {
            try
            {
                await talk.Client.SendBytesAsync(pings).WaitAsync(s_standstill);
            }
            catch (Exception e) when (e is TimeoutException or IOException)
            {
                // Nothing is read any more, or the client was thrown out.
                break;
            }
        }

        await world.ServesAsync();
        Assert.InRange(world.MemoryMiB(), 0, before + MemoryMiB);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task WebSocket_DecompressionBomb_ClosesWithTooBig(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind, "Sec-WebSocket-Extensions: permessage-deflate");
        int before = world.MemoryMiB();
        int refused = await world.RefusalsAsync("ws_message");
        byte[] bomb = Deflate(FloodBytes);
        Assert.True(bomb.Length < AbusedProxy.LongestMessage, $"{bomb.Length}");

        await talk.Client.SendAsync(new RawFrame(RawFrame.TextCode, bomb, Reserved: 4));

        Assert.Equal(1009, (await talk.Client.ReadCloseAsync()).Code);
        Assert.Equal(refused + 1, await world.RefusalsAsync("ws_message"));
        Assert.InRange(world.MemoryMiB(), 0, before + MemoryMiB);
    }

    [Fact]
    public async Task Publish_NestedDeeply_IsRefusedAndCounted()
    {
        int before = await world.RefusalsAsync("invalid_json");
        using HttpResponseMessage answer = await world.Proxy.Control.PostAsync("""{"items":""" + new string('[', 400_000));

        Assert.Equal("Body is not valid JSON.", (await answer.Content.ReadAsStringAsync()).Trim());
        await world.ServesAsync();
        Assert.Equal(before + 1, await world.RefusalsAsync("invalid_json"));
    }

    public static TheoryData<OriginKind> Kinds => OriginKinds.All;

    private async Task<NetworkStream> Http2Async()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(world.Proxy.Client);
        NetworkStream stream = new(socket, ownsSocket: true);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        await stream.WriteAsync(Frame(4, 0, 0, []));
        return stream;
    }

    /// <summary>Sends without ever reading, until all is sent or the other side takes no more.</summary>
    private static async Task FloodAsync(NetworkStream client, int bytes, Func<byte[]> next)
    {
        using MemoryStream batch = new();
        for (int sent = 0; sent < bytes;)
        {
            batch.SetLength(0);
            while (batch.Length < 64 * 1024)
            {
                batch.Write(next());
            }

            using CancellationTokenSource standstill = new(s_standstill);
            try
            {
                await client.WriteAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length), standstill.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                return;
            }

            sent += (int)batch.Length;
        }
    }

    private static async Task<bool> EndsAsync(NetworkStream client)
    {
        byte[] buffer = new byte[64 * 1024];
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        try
        {
            while (await client.ReadAsync(buffer, patience.Token) > 0)
            {
            }

            return true;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static byte[] Reset(int stream) =>
        [.. Frame(1, 5, stream, [0x82, 0x86, 0x84, 0x41, 0x01, (byte)'a']), .. Frame(3, 0, stream, [0, 0, 0, 8])];

    private static byte[] Frame(byte type, byte flags, int stream, byte[] content)
    {
        byte[] frame = new byte[9 + content.Length];
        frame[1] = (byte)(content.Length >> 8);
        frame[2] = (byte)content.Length;
        frame[3] = type;
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        content.CopyTo(frame, 9);
        return frame;
    }

    private static byte[] Deflate(int length)
    {
        using MemoryStream packed = new();
        using (DeflateStream deflate = new(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] piece = Encoding.ASCII.GetBytes(new string('a', 64 * 1024));
            for (int written = 0; written < length; written += piece.Length)
            {
                deflate.Write(piece);
            }
        }

        return packed.ToArray();
    }
}
