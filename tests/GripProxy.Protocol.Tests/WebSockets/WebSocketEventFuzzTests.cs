using System.Buffers;
using GripProxy.Protocol.Tests.Json;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Protocol.Tests.WebSockets;

public sealed class WebSocketEventFuzzTests
{
    private static readonly WebSocketEventType[] Types = Enum.GetValues<WebSocketEventType>();

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var random = new Random(11);
        for (var i = 0; i < 5_000; i++)
        {
            var output = new ArrayBufferWriter<byte>();
            var written = new List<(WebSocketEventType Type, byte[] Content)>();
            for (var n = random.Next(5); n >= 0; n--)
            {
                var content = new byte[random.Next(4) == 0 ? 0 : random.Next(300)];
                random.NextBytes(content);
                written.Add((Types[random.Next(Types.Length)], content));
                WebSocketEventWriter.Write(output, written[^1].Type, content);
            }

            var reader = new WebSocketEventReader(output.WrittenMemory);
            foreach (var (type, content) in written)
            {
                Assert.True(reader.TryRead(out var next));
                Assert.Equal(type, next.Type);
                Assert.Equal(content, next.Content.ToArray());
            }

            Assert.False(reader.TryRead(out _));
            Assert.Equal((WebSocketEventError.None, output.WrittenCount), (reader.Error, reader.Position));
        }
    }

    [Fact]
    public void Read_SpoiltBody_NeverThrowsAndEndsAtTheEndOrWithAnError()
    {
        var good = "OPEN\r\nTEXT 1f\r\nc:{\"type\":\"subscribe\",\"cha\":1}\r\nHELLO 2\r\nab\r\nPING 1\r\np\r\nBINARY 0\r\n\r\nCLOSE 4\r\n\u0003?no\r\n"u8.ToArray();
        var mutation = new Mutation(seed: 12);
        var failed = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var body = mutation.Spoil(good);
            var reader = new WebSocketEventReader(body);
            var contentBytes = 0;
            var last = -1;
            while (reader.TryRead(out var next))
            {
                contentBytes += next.Content.Length;
                Assert.True(reader.Position > last);
                last = reader.Position;
            }

            Assert.True(contentBytes <= body.Length);
            Assert.Equal(reader.Error == WebSocketEventError.None, reader.Position == body.Length);
            failed += reader.Error == WebSocketEventError.None ? 0 : 1;
        }

        Assert.InRange(failed, 5_000, 19_000);
    }
}
