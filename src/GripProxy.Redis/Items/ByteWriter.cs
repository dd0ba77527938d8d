using System.Buffers;
using System.Text;

namespace GripProxy.Redis.Items;

/// <summary>Writes numbers, texts and bytes one after the other. Owned by one writer.</summary>
internal sealed class ByteWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    /// <summary>What was written. Valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    /// <summary>A number of 0 or more, seven bits to a byte, the lowest first.</summary>
    public void Number(long value)
    {
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            Byte((byte)(rest | 0x80));
            rest >>= 7;
        }

        Byte((byte)rest);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        _bytes.Write(value);
    }

    public void Text(string value)
    {
        Number(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _bytes);
    }

    /// <summary>A text that may be missing.</summary>
    public void OptionalText(string? value)
    {
        Byte(value is null ? (byte)0 : (byte)1);
        if (value is not null)
            Text(value);
    }

    /// <summary>A list of texts that may be missing.</summary>
    public void OptionalTexts(IReadOnlyList<string>? values)
    {
        Number(values is null ? 0 : values.Count + 1);
        foreach (var value in values ?? [])
            Text(value);
    }
}
