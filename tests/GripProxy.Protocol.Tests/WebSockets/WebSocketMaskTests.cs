using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class WebSocketMaskTests
{
    private static readonly byte[] s_keyBytes = [0x11, 0x83, 0x5A, 0xFE];
    private static readonly uint s_key = BitConverter.ToUInt32(s_keyBytes);

    [Fact]
    public void Apply_EveryLengthAndAlignment_IsTheXorOfTheRfc()
    {
        var random = new Random(6455);
        for (var length = 0; length < 140; length++)
        {
            for (var start = 0; start < 5; start++)
            {
                var content = new byte[length];
                random.NextBytes(content);
                var memory = new byte[start + length];
                content.CopyTo(memory, start);

                WebSocketMask.Apply(memory.AsSpan(start), s_key);

                Assert.Equal(content.Select((value, i) => (byte)(value ^ s_keyBytes[i % 4])), memory[start..]);
            }
        }
    }

    [Fact]
    public void Apply_InStretches_GoesOnWhereItWas()
    {
        var whole = Enumerable.Range(0, 100).Select(i => (byte)i).ToArray();
        for (var cut = 0; cut < 100; cut++)
        {
            var stretches = (byte[])whole.Clone();

            var next = WebSocketMask.Apply(stretches.AsSpan(0, cut), s_key);
            WebSocketMask.Apply(stretches.AsSpan(cut), next);
            WebSocketMask.Apply(stretches, s_key);

            Assert.Equal(whole, stretches);
        }
    }
}
