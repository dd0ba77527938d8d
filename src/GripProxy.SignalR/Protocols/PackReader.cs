using System.Buffers.Binary;
using System.Text;

namespace GripProxy.SignalR.Protocols;

/// <summary>Reads MessagePack, as much of it as calls of the hub need. What is no MessagePack throws <see cref="InvalidDataException"/>.</summary>
/// <param name="bytes">What is read.</param>
internal ref struct PackReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>True if the next value is nil; it is read then.</summary>
    public bool TryReadNil()
    {
        if (Peek() != 0xc0)
            return false;
        Take();
        return true;
    }

    /// <summary>Number of values of an array, which follow.</summary>
    public int ReadArray() => Take() switch
    {
        >= 0x90 and <= 0x9f and var short4 => short4 & 0x0f,
        0xdc => (int)TakeNumber(2),
        0xdd => TakeCount(4),
        var code => throw Unexpected(code, "an array"),
    };

    /// <summary>Number of pairs of a map, which follow.</summary>
    public int ReadMap() => Take() switch
    {
        >= 0x80 and <= 0x8f and var short4 => short4 & 0x0f,
        0xde => (int)TakeNumber(2),
        0xdf => TakeCount(4),
        var code => throw Unexpected(code, "a map"),
    };

    /// <summary>A text.</summary>
    public string ReadText()
    {
        var length = Take() switch
        {
            >= 0xa0 and <= 0xbf and var short5 => short5 & 0x1f,
            0xd9 => (int)TakeNumber(1),
            0xda => (int)TakeNumber(2),
            0xdb => TakeCount(4),
            var code => throw Unexpected(code, "a text"),
        };
        return Encoding.UTF8.GetString(TakeBytes(length));
    }

    /// <summary>A text, or null for nil.</summary>
    public string? ReadTextOrNil() => TryReadNil() ? null : ReadText();

    /// <summary>A whole number.</summary>
    public long ReadNumber() => Take() switch
    {
        <= 0x7f and var positive => positive,
        >= 0xe0 and var negative => (sbyte)negative,
        0xcc => (long)TakeNumber(1),
        0xcd => (long)TakeNumber(2),
        0xce => (long)TakeNumber(4),
        0xcf => TakeNumber(8) is <= long.MaxValue and var large ? (long)large : throw new InvalidDataException("The number is too large."),
        0xd0 => (sbyte)TakeNumber(1),
        0xd1 => (short)TakeNumber(2),
        0xd2 => (int)TakeNumber(4),
        0xd3 => (long)TakeNumber(8),
        var code => throw Unexpected(code, "a whole number"),
    };

    /// <summary>Passes over a value, with all that is in it.</summary>
    public void Skip()
    {
        for (var values = 1L; values > 0; values--)
            values += SkipHead();
    }

    /// <summary>Passes over one head and its bytes; returns how many values are in it.</summary>
    private long SkipHead()
    {
        var code = Take();
        switch (code)
        {
            case <= 0x7f or >= 0xe0 or 0xc0 or 0xc2 or 0xc3:
                return 0;
            case <= 0x8f:
                return 2L * (code & 0x0f);
            case <= 0x9f:
                return code & 0x0f;
            case <= 0xbf:
                TakeBytes(code & 0x1f);
                return 0;
            case 0xdc or 0xdd:
                return (long)TakeNumber(code == 0xdc ? 2 : 4);
            case 0xde or 0xdf:
                return 2 * (long)TakeNumber(code == 0xde ? 2 : 4);
            default:
                TakeBytes(LengthOf(code));
                return 0;
        }
    }

    private int LengthOf(byte code) => code switch
    {
        0xc4 or 0xd9 => TakeCount(1),
        0xc5 or 0xda => TakeCount(2),
        0xc6 or 0xdb => TakeCount(4),
        0xc7 => TakeCount(1) + 1,
        0xc8 => TakeCount(2) + 1,
        0xc9 => TakeCount(4) + 1,
        0xca or 0xce or 0xd2 => 4,
        0xcb or 0xcf or 0xd3 => 8,
        0xcc or 0xd0 => 1,
        0xcd or 0xd1 => 2,
        >= 0xd4 and <= 0xd8 => (1 << (code - 0xd4)) + 1,
        _ => throw Unexpected(code, "a value"),
    };

    private readonly byte Peek() => _rest.IsEmpty ? throw new InvalidDataException("The message ends too early.") : _rest[0];

    private byte Take()
    {
        var code = Peek();
        _rest = _rest[1..];
        return code;
    }

    private ReadOnlySpan<byte> TakeBytes(int count)
    {
        if (count > _rest.Length)
            throw new InvalidDataException("The message ends too early.");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    // More than there are bytes cannot follow.
    private int TakeCount(int size) =>
        TakeNumber(size) is var count && count < int.MaxValue ? (int)count : throw new InvalidDataException("The message ends too early.");

    private ulong TakeNumber(int size)
    {
        var taken = TakeBytes(size);
        return size switch
        {
            1 => taken[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(taken),
            4 => BinaryPrimitives.ReadUInt32BigEndian(taken),
            _ => BinaryPrimitives.ReadUInt64BigEndian(taken),
        };
    }

    private static InvalidDataException Unexpected(byte code, string expected) => new($"The message has 0x{code:x2} where {expected} was expected.");
}
