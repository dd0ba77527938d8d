using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace GripProxy.Protocol.Json;

/// <summary>
/// A JSON string, name or number as the peer wrote it, without quotes. Unlike the framework's readers it never throws: a string may hold half a
/// surrogate pair or bytes that are no UTF-8, and one such member must not end the request in an exception.
/// </summary>
/// <param name="text">The bytes, which a JSON parser has passed.</param>
/// <param name="isEscaped">True if there is a backslash among them.</param>
internal readonly ref struct JsonRaw(ReadOnlySpan<byte> text, bool isEscaped)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly bool _isEscaped = isEscaped;

    private static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <summary>The text, or null if it is not well-formed Unicode.</summary>
    public string? GetString()
    {
        if (_isEscaped)
        {
            var buffer = new byte[_text.Length];
            var length = Unescape(_text, buffer, out var wellFormed);
            return wellFormed && Utf8.IsValid(buffer.AsSpan(0, length)) ? Encoding.UTF8.GetString(buffer, 0, length) : null;
        }

        return Utf8.IsValid(_text) ? Encoding.UTF8.GetString(_text) : null;
    }

    /// <summary>The text; what is not well-formed becomes U+FFFD.</summary>
    public string GetReplaced() => Encoding.UTF8.GetString(_isEscaped ? Decode() : _text);

    /// <summary>The text as UTF-8; what is not well-formed becomes U+FFFD.</summary>
    public byte[] GetUtf8() => Decode();

    /// <summary>The bytes that a string holds in Base64, read leniently.</summary>
    public byte[] GetBase64() => LenientBase64.Decode(_isEscaped ? Decode() : _text);

    /// <summary>True if it says <paramref name="name"/>, which must be ASCII.</summary>
    public bool Is(string name) => Ascii.Equals(_isEscaped ? Decode() : _text, name);

    /// <summary>A number without a fraction, if it is one of 64 bits.</summary>
    public bool TryGetInt64(out long number) => Utf8Parser.TryParse(_text, out number, out var used) && used == _text.Length;

    /// <summary>A number.</summary>
    public bool TryGetDouble(out double number) => Utf8Parser.TryParse(_text, out number, out var used) && used == _text.Length;

    private byte[] Decode()
    {
        if (!_isEscaped)
            return Utf8.IsValid(_text) ? _text.ToArray() : Replace(_text);
        var buffer = new byte[_text.Length];
        var decoded = buffer.AsSpan(0, Unescape(_text, buffer, out _));
        if (!Utf8.IsValid(decoded))
            return Replace(decoded);
        return decoded.Length == buffer.Length ? buffer : decoded.ToArray();
    }

    private static byte[] Replace(ReadOnlySpan<byte> text) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));

    // An escape never gets longer by decoding, so a target of the same length is enough.
    private static int Unescape(ReadOnlySpan<byte> raw, Span<byte> target, out bool wellFormed)
    {
        wellFormed = true;
        var written = 0;
        while (true)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0)
            {
                raw.CopyTo(target[written..]);
                return written + raw.Length;
            }

            raw[..plain].CopyTo(target[written..]);
            written += plain;
            raw = raw[plain..];
            if (raw[1] != 'u')
            {
                target[written++] = Simple(raw[1]);
                raw = raw[2..];
                continue;
            }

            var used = ReadEscape(raw, out var rune);
            if (rune is { } value)
            {
                written += value.EncodeToUtf8(target[written..]);
            }
            else
            {
                wellFormed = false;
                Replacement.CopyTo(target[written..]);
                written += Replacement.Length;
            }

            raw = raw[used..];
        }
    }

    private static int ReadEscape(ReadOnlySpan<byte> raw, out Rune? rune)
    {
        var first = Unit(raw);
        if (Rune.TryCreate(first, out var single))
        {
            rune = single;
            return 6;
        }

        if (raw.Length >= 12 && raw[6] == '\\' && raw[7] == 'u' && Rune.TryCreate(first, Unit(raw[6..]), out var pair))
        {
            rune = pair;
            return 12;
        }

        rune = null;
        return 6;
    }

    // The parser has checked that four hexadecimal digits follow.
    private static char Unit(ReadOnlySpan<byte> escape) =>
        (char)((Hex(escape[2]) << 12) | (Hex(escape[3]) << 8) | (Hex(escape[4]) << 4) | Hex(escape[5]));

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static byte Simple(byte escape) => escape switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => escape,
    };
}
