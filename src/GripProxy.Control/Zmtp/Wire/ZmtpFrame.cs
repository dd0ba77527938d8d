using System.Buffers;
using System.Buffers.Binary;

namespace GripProxy.Control.Zmtp.Wire;

/// <summary>A frame: a part of a message, or a command. Immutable.</summary>
/// <param name="HasMore">Another part of the message follows.</param>
/// <param name="IsCommand">It is a command of ZMTP, no part of a message.</param>
/// <param name="Body">Its content.</param>
internal readonly record struct ZmtpFrame(bool HasMore, bool IsCommand, byte[] Body)
{
    private const byte More = 1;
    private const byte Long = 2;
    private const byte Command = 4;
    private const int LongHeader = 9;

    /// <summary>Takes the next frame out of what has come.</summary>
    /// <param name="received">Begins with a frame; moved behind it when there is one.</param>
    /// <param name="longest">Bytes that its body may have.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="fault">What is wrong with it, or None: there is one, or not all of it has come.</param>
    public static bool TryRead(ref ReadOnlySequence<byte> received, int longest, out ZmtpFrame frame, out ZmtpFault fault)
    {
        frame = default;
        fault = ZmtpFault.None;
        Span<byte> header = stackalloc byte[LongHeader];
        var count = (int)Math.Min(received.Length, LongHeader);
        received.Slice(0, count).CopyTo(header);
        if (count == 0)
            return false;
        var flags = header[0];
        // A command is always one frame; the other bits are reserved.
        if (flags > (More | Long | Command) || (flags & (More | Command)) == (More | Command))
        {
            fault = ZmtpFault.Malformed;
            return false;
        }

        var headerLength = (flags & Long) != 0 ? LongHeader : 2;
        if (count < headerLength)
            return false;
        var length = headerLength == 2 ? header[1] : BinaryPrimitives.ReadUInt64BigEndian(header[1..]);
        if (length > (ulong)longest)
        {
            fault = ZmtpFault.TooLarge;
            return false;
        }

        if (received.Length < headerLength + (long)length)
            return false;
        var body = received.Slice(headerLength, (long)length);
        frame = new ZmtpFrame((flags & More) != 0, (flags & Command) != 0, body.ToArray());
        received = received.Slice(body.End);
        return true;
    }

    /// <summary>A message of these parts, as bytes for the wire.</summary>
    public static byte[] Encode(params ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var writer = new ArrayBufferWriter<byte>();
        for (var i = 0; i < parts.Length; i++)
            Write(writer, parts[i].Span, i + 1 < parts.Length ? More : (byte)0);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a command.</summary>
    public static void WriteCommand(IBufferWriter<byte> writer, ReadOnlySpan<byte> body) => Write(writer, body, Command);

    /// <summary>Writes a message of one part.</summary>
    public static void WriteMessage(IBufferWriter<byte> writer, ReadOnlySpan<byte> body) => Write(writer, body, 0);

    private static void Write(IBufferWriter<byte> writer, ReadOnlySpan<byte> body, byte flags)
    {
        if (body.Length <= byte.MaxValue)
        {
            writer.Write([flags, (byte)body.Length]);
        }
        else
        {
            var header = writer.GetSpan(LongHeader);
            header[0] = (byte)(flags | Long);
            BinaryPrimitives.WriteUInt64BigEndian(header[1..], (ulong)body.Length);
            writer.Advance(LongHeader);
        }

        writer.Write(body);
    }
}
