using System.Text;
using System.Text.Encodings.Web;
using GripProxy.Protocol.Http;

namespace GripProxy.Forwarding.Jsonp;

/// <summary>Text as it stands in a script: JSON strings, with nothing in them that ends a script's line. Stateless.</summary>
internal static class JsonpText
{
    // Also escapes U+2028 and U+2029, which are line ends to older scripts.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>A JSON string.</summary>
    public static string Quote(string text) => $"\"{Encoder.Encode(text)}\"";

    /// <summary>The inside of a JSON string that holds a whole body; bytes that are no UTF-8 become U+FFFD.</summary>
    public static byte[] EscapeAll(ReadOnlySpan<byte> body) => Escape(Encoding.UTF8.GetString(body));

    /// <summary>The inside of a JSON string, as UTF-8.</summary>
    public static byte[] Escape(string text) => Encoding.UTF8.GetBytes(Encoder.Encode(text));

    /// <summary>The headers as a JSON object, sorted by name; equal names are one member.</summary>
    public static string Object(HeaderList headers)
    {
        var members = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var group in headers.GroupBy(field => field.Name, StringComparer.OrdinalIgnoreCase))
            members[group.Key] = string.Join(", ", group.Select(field => HeaderText.ToUnicode(field.Value)));
        return "{" + string.Join(',', members.Select(member => $"{Quote(member.Key)}:{Quote(member.Value)}")) + "}";
    }

    /// <summary>Length of the line end that the bytes end with.</summary>
    public static int LineEnd(ReadOnlySpan<byte> bytes) => bytes.EndsWith("\r\n"u8) ? 2 : bytes.EndsWith("\n"u8) ? 1 : 0;
}
