using System.Text;

namespace GripProxy.Protocol.Http;

/// <summary>Converts between the byte view that header values are kept in and Unicode text (UTF-8 on the wire).</summary>
public static class HeaderText
{
    /// <summary>Reads a header value, one character per byte, as UTF-8 text. Bytes that are not UTF-8 become U+FFFD.</summary>
    public static string ToUnicode(string value) =>
        Ascii.IsValid(value) ? value : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(value));

    /// <summary>Gives the value, one character per byte, that puts <paramref name="text"/> on the wire as UTF-8.</summary>
    public static string FromUnicode(string text) =>
        Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>True if the value can stand in a header line: no CR, LF or NUL (DIF-81).</summary>
    public static bool IsSafeValue(string value) => value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0;

    /// <summary>True if the name is an HTTP token (RFC 9110, 5.6.2) of at least one character.</summary>
    public static bool IsToken(string name) => name.Length > 0 && name.AsSpan().IndexOfAnyExcept(TokenCharacters) < 0;

    private static readonly System.Buffers.SearchValues<char> TokenCharacters = System.Buffers.SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
}
