using System.Buffers;

namespace GripProxy.SignalR.Protocols;

/// <summary>The length before a message of the protocol <c>messagepack</c>: seven bits a byte, the low ones first. Stateless.</summary>
internal static class PackPrefix
{
    private const int MaxBytes = 5;

    /// <summary>Reads it. False: it is not whole yet.</summary>
    /// <param name="bytes">The beginning of a message.</param>
    /// <param name="size">Bytes of the prefix.</param>
    /// <param name="length">Bytes of the message behind it.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out int size, out int length)
    {
        var value = 0L;
        for (size = 0; size < Math.Min(bytes.Length, MaxBytes); size++)
        {
            value |= (long)(bytes[size] & 0x7f) << (7 * size);
            if ((bytes[size] & 0x80) != 0)
                continue;
            size++;
            length = value <= int.MaxValue ? (int)value : throw new InvalidDataException("The message is too long.");
            return true;
        }

        length = 0;
        return size < MaxBytes ? false : throw new InvalidDataException("The length of the message has no end.");
    }

    /// <summary>Takes the next message, without its prefix. False: it is not whole yet.</summary>
    public static bool TryTake(ref ReadOnlySequence<byte> input, out ReadOnlySequence<byte> message)
    {
        message = default;
        Span<byte> start = stackalloc byte[(int)Math.Min(input.Length, MaxBytes)];
        input.Slice(0, start.Length).CopyTo(start);
        if (!TryRead(start, out var size, out var length) || input.Length - size < length)
            return false;
        message = input.Slice(size, length);
        input = input.Slice(message.End);
        return true;
    }
}
