using GripProxy.Holds.WebSockets;
using GripProxy.Holds.WebSockets.Framing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets.Framing;

public sealed class ReadFuzzTests
{
    private const int Rounds = 3000;
    private const int MaxMessage = 5000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ReadAsync_RandomBytes_EndInAViolationOrALoss(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);

            await CheckAsync(random, bytes, $"seed {seed} round {round}");
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task ReadAsync_SpoiltFrames_EndInAnEndOfSomeKind(int seed)
    {
        var random = new Random(seed);
        int[] firstBytes = [0x81, 0x82, 0x01, 0x00, 0x80, 0x89, 0x8A, 0xC1, 0xC2, 0x41, 0x42];
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = new List<byte>();
            for (var frames = random.Next(1, 6); frames > 0; frames--)
            {
                var content = new byte[random.Next(4) == 0 ? random.Next(9000) : random.Next(120)];
                if (random.Next(2) == 0)
                    random.NextBytes(content);
                bytes.AddRange(random.Next(8) == 0 ? Wire.Plain(Pick(), content) : Wire.Masked(Pick(), content));
            }

            for (var spoilt = random.Next(3); spoilt > 0; spoilt--)
                bytes[random.Next(Math.Min(bytes.Count, 40))] ^= (byte)(1 << random.Next(8));

            await CheckAsync(random, [.. bytes], $"seed {seed} round {round}");
        }

        int Pick() => firstBytes[random.Next(firstBytes.Length)];
    }

    private static async Task CheckAsync(Random random, byte[] bytes, string what)
    {
        var stream = ChunkStream.Of(random.Next(1, 300), bytes);
        var deflate = random.Next(2) == 0;
        IWebSocketPeer peer = random.Next(2) == 0
            ? new WebSocketClientConnection(stream, MaxMessage, deflate)
            : new WebSocketOriginConnection(stream, deflate);
        var end = await Wire.ReadToEndAsync(peer);
        if (end.Kind != WebSocketPartKind.Lost)
            Assert.True(WebSocketClose.Check(end.Content.Span) == WebSocketFault.None, what);
        Assert.Equal(WebSocketPartKind.Lost, (await peer.ReadAsync()).Kind);
    }
}
