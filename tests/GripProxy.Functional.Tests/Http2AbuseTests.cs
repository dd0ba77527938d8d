using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

/// <summary>HTTP/2 clients that want to hurt: each is bounded, what it is refused is counted, and nobody else notices.</summary>
public sealed class Http2AbuseTests(AbusedProxy world) : IClassFixture<AbusedProxy>
{
    // What a flood may cost, with what the runtime keeps for itself; a flood that is kept would cost more.
    private const int MemoryMiB = 128;
    private const int FloodBytes = 48 * 1024 * 1024;
    private static readonly TimeSpan s_standstill = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("settings", "h2_control")]
    [InlineData("ping", "h2_control")]
    [InlineData("empty data", "h2_control")]
    [InlineData("rapid reset", "h2_resets")]
    [InlineData("window update", null)]
    public async Task Http2_Flood_IsBounded(string kind, string? reason)
    {
        int refused = await world.RefusalsAsync(reason ?? "");
        byte[] round = kind switch
        {
            "settings" => Frame(4, 0, 0, [0, 3, 0, 0, 0, 100]),
            "ping" => Frame(6, 0, 0, new byte[8]),
            "window update" => Frame(8, 0, 0, [0, 0, 0, 1]),
            // Of a request that was made before, whose body does not end.
            "empty data" => Frame(0, 0, 1, []),
            _ => [],
        };
        int stream = -1;
        int before = world.MemoryMiB();
        await using NetworkStream client = await Http2Async();
        if (kind == "empty data")
        {
            await client.WriteAsync(Frame(1, 4, 1, [0x83, 0x86, 0x84, 0x41, 0x01, (byte)'a']));
        }

        await FloodAsync(client, kind == "rapid reset" ? FloodBytes / 16 : FloodBytes, () => kind == "rapid reset" ? Reset(stream += 2) : round);

        if (reason is not null)
        {
            Assert.True(await EndsAsync(client));
            Assert.Equal(refused + 1, await world.RefusalsAsync(reason));
        }

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
}
