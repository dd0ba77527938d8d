using System.Buffers.Text;

namespace GripProxy.Protocol.Tnet;

/// <summary>Reads tnetstrings (PUB-20). Stateless; never throws, whatever the bytes are.</summary>
public static class TnetReader
{
    /// <summary>How deep maps and lists may nest where the caller sets no bound.</summary>
    public const int DefaultDepth = 64;

    // Lengths of more digits than int has are not looked at.
    private const int MaxDigits = 10;

    /// <summary>Checks a whole message, which must be exactly one tnetstring.</summary>
    /// <param name="message">The bytes; the value refers to them.</param>
    /// <param name="value">What it holds, or null of tnetstring.</param>
    /// <param name="maxDepth">How deep maps and lists may nest.</param>
    /// <returns>False: it is malformed, has bytes beyond its end, or nests too deeply.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> message, out TnetValue value, int maxDepth = DefaultDepth)
    {
        var rest = message;
        if (TryTake(ref rest, out value) && rest.IsEmpty && IsValid(value, maxDepth))
            return true;
        value = default;
        return false;
    }

    /// <summary>Takes the next value out of bytes that were checked.</summary>
    internal static TnetValue Take(ref ReadOnlyMemory<byte> rest) =>
        TryTake(ref rest, out var value) ? value : throw new InvalidOperationException("a tnetstring that was checked is malformed");

    private static bool TryTake(ref ReadOnlyMemory<byte> rest, out TnetValue value)
    {
        value = default;
        var span = rest.Span;
        var digits = 0;
        long length = 0;
        for (; digits < span.Length && span[digits] is >= (byte)'0' and <= (byte)'9'; digits++)
        {
            if (digits == MaxDigits)
                return false;
            length = (length * 10) + span[digits] - '0';
        }

        // Number, colon, data, type.
        if (digits == 0 || (digits > 1 && span[0] == '0') || span.Length - digits - 2 < length || span[digits] != ':')
            return false;
        var start = digits + 1;
        var end = start + (int)length;
        if (ReadType(span[end]) is not { } type)
            return false;
        value = new TnetValue(type, rest[start..end]);
        rest = rest[(end + 1)..];
        return true;
    }

    private static TnetType? ReadType(byte character) => character switch
    {
        (byte)',' => TnetType.Bytes,
        (byte)'#' => TnetType.Integer,
        (byte)'^' => TnetType.Float,
        (byte)'!' => TnetType.Boolean,
        (byte)'~' => TnetType.Null,
        (byte)'}' => TnetType.Map,
        (byte)']' => TnetType.List,
        _ => null,
    };

    private static bool IsValid(TnetValue value, int depth)
    {
        var data = value.Data.Span;
        switch (value.Type)
        {
            case TnetType.Integer:
                return Utf8Parser.TryParse(data, out long _, out var integerLength) && integerLength == data.Length;
            case TnetType.Float:
                return Utf8Parser.TryParse(data, out double _, out var floatLength) && floatLength == data.Length;
            case TnetType.Boolean:
                return data.SequenceEqual("true"u8) || data.SequenceEqual("false"u8);
            case TnetType.Null:
                return data.IsEmpty;
            case TnetType.Map or TnetType.List:
                return depth > 0 && HasValidContent(value, depth - 1);
            default:
                return true;
        }
    }

    private static bool HasValidContent(TnetValue container, int depth)
    {
        for (var rest = container.Data; rest.Length > 0;)
        {
            if (container.Type == TnetType.Map && !(TryTake(ref rest, out var name) && name.Type == TnetType.Bytes))
                return false;
            if (!TryTake(ref rest, out var value) || !IsValid(value, depth))
                return false;
        }

        return true;
    }
}
