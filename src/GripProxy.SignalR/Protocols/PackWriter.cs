using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace GripProxy.SignalR.Protocols;

/// <summary>Writes one message in MessagePack, with its length before it. Owned by whoever makes the message.</summary>
internal sealed class PackWriter
{
    private const int MaxPrefix = 5;

    private readonly ArrayBufferWriter<byte> _output = new();

    /// <summary>Begins a message, which is an array.</summary>
    public PackWriter(int values)
    {
        // The length comes to stand right before what is written.
        _output.GetSpan(MaxPrefix);
        _output.Advance(MaxPrefix);
        Array(values);
    }

    /// <summary>An array; its values follow.</summary>
    public PackWriter Array(int count) => count <= 15 ? Head((byte)(0x90 | count)) : Head(0xdd, (uint)count);

    /// <summary>A map; its pairs follow.</summary>
    public PackWriter Map(int count) => count <= 15 ? Head((byte)(0x80 | count)) : Head(0xdf, (uint)count);

    /// <summary>Nil.</summary>
    public PackWriter Nil() => Head(0xc0);

    /// <summary>A truth value.</summary>
    public PackWriter Flag(bool value) => Head(value ? (byte)0xc3 : (byte)0xc2);

    /// <summary>A number of 0 or more.</summary>
    public PackWriter Number(long value)
    {
        if (value is >= 0 and <= 0x7f)
            return Head((byte)value);
        Head(0xd3);
        BinaryPrimitives.WriteInt64BigEndian(_output.GetSpan(8), value);
        _output.Advance(8);
        return this;
    }

    /// <summary>A text, or nil for null.</summary>
    public PackWriter Text(string? value) => value is null ? Nil() : Text(Encoding.UTF8.GetBytes(value));

    /// <summary>A text of which the bytes are there; they are valid.</summary>
    public PackWriter Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length <= 31)
            Head((byte)(0xa0 | utf8.Length));
        else
            Head(0xdb, (uint)utf8.Length);
        _output.Write(utf8);
        return this;
    }

    /// <summary>Bytes.</summary>
    public PackWriter Binary(ReadOnlySpan<byte> value)
    {
        Head(0xc6, (uint)value.Length);
        _output.Write(value);
        return this;
    }

    /// <summary>The message, with its length before it.</summary>
    public ReadOnlyMemory<byte> ToMessage()
    {
        var buffer = new byte[_output.WrittenCount];
        _output.WrittenSpan.CopyTo(buffer);
        Span<byte> prefix = stackalloc byte[MaxPrefix];
        var length = WritePrefix(prefix, buffer.Length - MaxPrefix);
        prefix[..length].CopyTo(buffer.AsSpan(MaxPrefix - length));
        return buffer.AsMemory(MaxPrefix - length);
    }

    private static int WritePrefix(Span<byte> prefix, int length)
    {
        var count = 0;
        do
        {
            prefix[count] = (byte)(length & 0x7f);
            length >>= 7;
            if (length > 0)
                prefix[count] |= 0x80;
            count++;
        }
        while (length > 0);
        return count;
    }

    private PackWriter Head(byte code)
    {
        _output.GetSpan(1)[0] = code;
        _output.Advance(1);
        return this;
    }

    private PackWriter Head(byte code, uint size)
    {
        Head(code);
        BinaryPrimitives.WriteUInt32BigEndian(_output.GetSpan(4), size);
        _output.Advance(4);
        return this;
    }
}
