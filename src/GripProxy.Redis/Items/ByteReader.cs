using System.Text;

namespace GripProxy.Redis.Items;

/// <summary>Reads what <see cref="ByteWriter"/> wrote. Throws <see cref="FormatException"/> where it ends too early.</summary>
internal ref struct ByteReader(ReadOnlyMemory<byte> bytes)
{
    private readonly ReadOnlyMemory<byte> _bytes = bytes;
    private int _at;

    public byte Byte()
    {
        if (_at >= _bytes.Length)
            throw new FormatException("the item ends too early");
        return _bytes.Span[_at++];
    }

    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return (long)value;
        }

        throw new FormatException("a number of the item is too long");
    }

    /// <summary>Bytes, shared with what is read from.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        var length = Number();
        if (length < 0 || length > _bytes.Length - _at)
            throw new FormatException("the item ends too early");
        var value = _bytes.Slice(_at, (int)length);
        _at += (int)length;
        return value;
    }

    public string Text() => Encoding.UTF8.GetString(Bytes().Span);

    public string? OptionalText() => Byte() == 0 ? null : Text();

    public string[]? OptionalTexts()
    {
        var count = Number();
        if (count == 0)
            return null;
        var values = new List<string>();
        for (var i = 1; i < count; i++)
            values.Add(Text());
        return [.. values];
    }
}
