using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GripProxy.Protocol.WebSockets;

/// <summary>What stands before the content of a frame (RFC 6455 §5.2). Immutable.</summary>
/// <param name="Opcode">What the frame is.</param>
/// <param name="IsFinal">True for the last frame of a message and for control frames.</param>
/// <param name="IsCompressed">The first reserved bit: the message that begins here is compressed (RFC 7692 §6).</param>
/// <param name="IsMasked">True for frames of the side that connected.</param>
/// <param name="MaskKey">The four bytes of the mask as they stand in memory, for <see cref="WebSocketMask"/>; used only with <paramref name="IsMasked"/>.</param>
/// <param name="Length">Bytes of content.</param>
public readonly record struct WebSocketFrameHeader(
    WebSocketOpcode Opcode, bool IsFinal, bool IsCompressed, bool IsMasked, uint MaskKey, long Length)
{
    /// <summary>Bytes of the longest header.</summary>
    public const int MaxSize = 14;

    /// <summary>Content of a control frame, in bytes at most (§5.5).</summary>
    public const int MaxControlLength = 125;

    private const byte FinalBit = 0x80;
    private const byte CompressedBit = 0x40;
    private const byte UnusedBits = 0x30;
    private const byte OpcodeBits = 0x0F;
    private const byte MaskBit = 0x80;
    private const byte LengthBits = 0x7F;
    private const byte TwoByteLength = 126;
    private const byte EightByteLength = 127;

    /// <summary>True for close, ping and pong.</summary>
    public bool IsControl => IsControlCode(Opcode);

    /// <summary>
    /// Reads a header from the beginning of the bytes. Judges only what a frame by itself shows; <see cref="WebSocketFrameOrder"/> knows the rest.
    /// </summary>
    /// <param name="bytes">What has arrived so far.</param>
    /// <param name="header">The header, once all of it is there.</param>
    /// <param name="size">Bytes it takes; 0: it is not all there yet.</param>
    /// <returns>What is wrong with it, which may show before it is all there.</returns>
    public static WebSocketFault TryRead(ReadOnlySpan<byte> bytes, out WebSocketFrameHeader header, out int size)
    {
        header = default;
        size = 0;
        if (bytes.Length < 2)
            return WebSocketFault.None;
        var opcode = (WebSocketOpcode)(bytes[0] & OpcodeBits);
        var isFinal = (bytes[0] & FinalBit) != 0;
        var isMasked = (bytes[1] & MaskBit) != 0;
        var shortLength = bytes[1] & LengthBits;
        if ((bytes[0] & UnusedBits) != 0)
            return WebSocketFault.ReservedBits;
        if (!Enum.IsDefined(opcode))
            return WebSocketFault.Opcode;
        if (IsControlCode(opcode) && (!isFinal || shortLength > MaxControlLength))
            return WebSocketFault.ControlFrame;

        var lengthEnd = shortLength switch { TwoByteLength => 4, EightByteLength => 10, _ => 2 };
        var end = isMasked ? lengthEnd + sizeof(uint) : lengthEnd;
        if (bytes.Length < end)
            return WebSocketFault.None;
        var length = shortLength switch
        {
            TwoByteLength => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            EightByteLength => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => shortLength,
        };
        if (length < ShortestFor(shortLength))
            return WebSocketFault.Length;
        var key = isMasked ? MemoryMarshal.Read<uint>(bytes[lengthEnd..]) : 0;
        header = new WebSocketFrameHeader(opcode, isFinal, (bytes[0] & CompressedBit) != 0, isMasked, key, length);
        size = end;
        return WebSocketFault.None;
    }

    /// <summary>Writes the header and returns how many bytes it took, <see cref="MaxSize"/> at most.</summary>
    public int Write(Span<byte> destination)
    {
        destination[0] = (byte)((int)Opcode | (IsFinal ? FinalBit : 0) | (IsCompressed ? CompressedBit : 0));
        var mask = IsMasked ? MaskBit : 0;
        int end;
        if (Length < TwoByteLength)
        {
            destination[1] = (byte)(mask | (int)Length);
            end = 2;
        }
        else if (Length <= ushort.MaxValue)
        {
            destination[1] = (byte)(mask | TwoByteLength);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)Length);
            end = 4;
        }
        else
        {
            destination[1] = (byte)(mask | EightByteLength);
            BinaryPrimitives.WriteInt64BigEndian(destination[2..], Length);
            end = 10;
        }

        if (!IsMasked)
            return end;
        MemoryMarshal.Write(destination[end..], MaskKey);
        return end + sizeof(uint);
    }

    private static bool IsControlCode(WebSocketOpcode opcode) => opcode >= WebSocketOpcode.Close;

    // A length beyond 63 bits reads as a negative one and is below every bound.
    private static long ShortestFor(int shortLength) => shortLength switch
    {
        TwoByteLength => TwoByteLength,
        EightByteLength => ushort.MaxValue + 1,
        _ => 0,
    };
}
