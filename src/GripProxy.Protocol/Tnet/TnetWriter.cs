using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace GripProxy.Protocol.Tnet;

/// <summary>
/// Writes tnetstrings (PUB-20): values one after the other, maps and lists between a begin and an end. In a map names and values take turns, each
/// name with <see cref="Text"/> or <see cref="Bytes"/>. Owned by its user; can be used again after <see cref="Clear"/>.
/// </summary>
/// <example><code>
/// writer.BeginMap(); writer.Text("channel"); writer.Text("news"); writer.Text("count"); writer.Integer(7); writer.EndMap();
/// </code></example>
public sealed class TnetWriter
{
    private readonly Stack<int> _open = new();
    private byte[] _buffer = new byte[256];
    private int _length;

    /// <summary>What was written, until the next write or <see cref="Clear"/>. Complete when every begin has its end.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        _open.Clear();
        _length = 0;
    }

    /// <summary>Writes bytes as they are, without length and type: what stands before a tnetstring in a message, such as <c>T</c>.</summary>
    public void Raw(ReadOnlySpan<byte> data) => Append(data);

    /// <summary>Writes text, as UTF-8.</summary>
    public void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        AppendLength(length);
        _length += Encoding.UTF8.GetBytes(text, Room(length));
        Append(","u8);
    }

    /// <summary>Writes bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> data) => Scalar(data, ","u8);

    /// <summary>Writes a whole number.</summary>
    public void Integer(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        Scalar(digits[..length], "#"u8);
    }

    /// <summary>Writes a floating-point number.</summary>
    public void Float(double number) => Scalar(Encoding.ASCII.GetBytes(number.ToString("R", CultureInfo.InvariantCulture)), "^"u8);

    /// <summary>Writes true or false.</summary>
    public void Boolean(bool value) => Scalar(value ? "true"u8 : "false"u8, "!"u8);

    /// <summary>Writes nothing, as a value.</summary>
    public void Null() => Append("0:~"u8);

    /// <summary>Begins a map.</summary>
    public void BeginMap() => _open.Push(_length);

    /// <summary>Ends the map that was begun last.</summary>
    public void EndMap() => End("}"u8);

    /// <summary>Begins a list.</summary>
    public void BeginList() => _open.Push(_length);

    /// <summary>Ends the list that was begun last.</summary>
    public void EndList() => End("]"u8);

    // The length stands in front and is known at the end: what is between moves back by its digits.
    private void End(ReadOnlySpan<byte> type)
    {
        var start = _open.Pop();
        var length = _length - start;
        AppendLength(length);
        var prefix = _length - start - length;
        Span<byte> digits = stackalloc byte[prefix];
        _buffer.AsSpan(start + length, prefix).CopyTo(digits);
        _buffer.AsSpan(start, length).CopyTo(_buffer.AsSpan(start + prefix));
        digits.CopyTo(_buffer.AsSpan(start));
        Append(type);
    }

    private void Scalar(ReadOnlySpan<byte> data, ReadOnlySpan<byte> type)
    {
        AppendLength(data.Length);
        Append(data);
        Append(type);
    }

    private void AppendLength(int length)
    {
        Utf8Formatter.TryFormat(length, Room(11), out var digits);
        _length += digits;
        Append(":"u8);
    }

    private void Append(ReadOnlySpan<byte> data)
    {
        data.CopyTo(Room(data.Length));
        _length += data.Length;
    }

    private Span<byte> Room(int length)
    {
        if (_buffer.Length - _length < length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));
        return _buffer.AsSpan(_length);
    }
}
