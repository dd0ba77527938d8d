using System.IO.Compression;
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
    public async Task Bodies_ThatNeverCome_AreAnsweredAndKeepNobodyElseWaiting()
    {
        int before = await world.RefusalsAsync("body_rate");
        await using Talk talk = await world.OpenAsync(OriginKind.Native);
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
            RawResponse answer = await client.ReadResponseAsync();
            Assert.Equal((408, "Request timed out.\n", "close"), (answer.Status, answer.Body, answer.Header("Connection")));
            await client.DisposeAsync();
        }

        Assert.Equal(before + 100, await world.RefusalsAsync("body_rate"));
        // A WebSocket has no pace that it must keep.
        await talk.Client.SendTextAsync("still here");
        Assert.Equal("still here", await talk.Client.ReadTextAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task WebSocket_PingFloodWithoutReading_EndsIt(OriginKind kind)
    {
        int refused = await world.RefusalsAsync("ws_control");
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

        Assert.Equal(refused + 1, await world.RefusalsAsync("ws_control"));
        await world.ServesAsync();
        Assert.InRange(world.MemoryMiB(), 0, before + MemoryMiB);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task WebSocket_WithTooManyPings_IsToldSo(OriginKind kind)
    {
        await using Talk talk = await world.OpenAsync(kind);
        byte[] pings = [.. Enumerable.Repeat<byte[]>([0x89, 0x80, 0, 0, 0, 0], 1000).SelectMany(ping => ping)];

        await talk.Client.SendBytesAsync(pings);

        RawFrame frame = await talk.Client.ReadFrameAsync();
        while (frame.Opcode != RawFrame.CloseCode)
        {
            // Answers to those that were not too many.
            frame = await talk.Client.ReadFrameAsync();
        }

        Assert.Equal((1008, "too many control frames"), frame.Status);
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
