using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace GripProxy.Protocol.Json;

/// <summary>
/// Reads JSON strings as the peer wrote them. Unlike the framework's readers it never throws: a string may hold half a surrogate pair
/// or bytes that are no UTF-8, and one such member must not end the request in an exception.
/// </summary>
internal static class JsonText
{
    private static ReadOnlySpan<byte> Replacement => "\uFFFD"u8;

    /// <summary>The value of a string element, or null if it is not well-formed Unicode.</summary>
    public static string? GetString(JsonElement element)
    {
        var raw = Raw(element);
        if (raw.Contains((byte)'\\'))
        {
            var buffer = new byte[raw.Length];
            var length = Unescape(raw, buffer, out var wellFormed);
            return wellFormed && Utf8.IsValid(buffer.AsSpan(0, length)) ? Encoding.UTF8.GetString(buffer, 0, length) : null;
        }

        return Utf8.IsValid(raw) ? Encoding.UTF8.GetString(raw) : null;
    }

    /// <summary>The value of a string element; what is not well-formed becomes U+FFFD.</summary>
    public static string GetReplaced(JsonElement element) => Encoding.UTF8.GetString(GetUtf8(element));

    /// <summary>The name of a member; what is not well-formed becomes U+FFFD.</summary>
    public static string GetName(JsonProperty member) => Encoding.UTF8.GetString(Decode(JsonMarshal.GetRawUtf8PropertyName(member)));

    /// <summary>The value of a string element as UTF-8; what is not well-formed becomes U+FFFD.</summary>
    public static byte[] GetUtf8(JsonElement element) => Decode(Raw(element));

    /// <summary>The bytes that a string element holds in Base64, read leniently.</summary>
    public static byte[] GetBase64(JsonElement element)
    {
        var raw = Raw(element);
        return LenientBase64.Decode(raw.Contains((byte)'\\') ? Decode(raw) : raw);
    }

    /// <summary>True if the member has that name, which must be ASCII.</summary>
    public static bool HasName(JsonProperty member, string name)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(member);
        return raw.Contains((byte)'\\') ? Ascii.Equals(Decode(raw), name) : Ascii.Equals(raw, name);
    }

    private static ReadOnlySpan<byte> Raw(JsonElement element) => JsonMarshal.GetRawUtf8Value(element)[1..^1];

    private static byte[] Decode(ReadOnlySpan<byte> raw)
    {
        if (!raw.Contains((byte)'\\'))
            return Utf8.IsValid(raw) ? raw.ToArray() : Replace(raw);
        var buffer = new byte[raw.Length];
        var text = buffer.AsSpan(0, Unescape(raw, buffer, out _));
        if (!Utf8.IsValid(text))
            return Replace(text);
        return text.Length == buffer.Length ? buffer : text.ToArray();
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
