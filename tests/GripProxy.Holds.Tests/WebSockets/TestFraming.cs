using System.Buffers.Binary;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

/// <summary>A byte of kind, four of length, and the content. Counts how often it encodes.</summary>
internal sealed class TestFraming : WebSocketFraming
{
    private int _encodings;

    public int Encodings => Volatile.Read(ref _encodings);

    public override ReadOnlyMemory<byte> Encode(WebSocketPartKind kind, ReadOnlyMemory<byte> content)
    {
        Interlocked.Increment(ref _encodings);
        var bytes = new byte[5 + content.Length];
        bytes[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), content.Length);
        content.CopyTo(bytes.AsMemory(5));
        return bytes;
    }

    /// <summary>The messages in joined bytes.</summary>
    public static IEnumerable<WebSocketPart> Decode(ReadOnlyMemory<byte> framed)
    {
        while (!framed.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(framed.Span[1..]);
            yield return new WebSocketPart((WebSocketPartKind)framed.Span[0], framed.Slice(5, length));
            framed = framed[(5 + length)..];
        }
    }
}
