using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GripProxy.Forwarding.SockJs.Frames;

/// <summary>Reads what clients send: a JSON array of strings (SJS-03). Stateless.</summary>
internal static class SockJsPayload
{
    /// <summary>Reads an array.</summary>
    /// <returns>The messages as UTF-8, maybe none; or null: it is something else.</returns>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
                return null;
            var messages = new List<ReadOnlyMemory<byte>>();
            while (reader.Read() && reader.TokenType == JsonTokenType.String)
                messages.Add(Decode(ref reader));
            var isArray = reader.TokenType == JsonTokenType.EndArray;
            // What follows the array is an error of syntax.
            return isArray && !reader.Read() ? messages : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Decode(ref Utf8JsonReader reader)
    {
        var text = Encoding.UTF8.GetString(reader.ValueSpan);
        // Half of a surrogate pair, which scripts can have and UTF-8 cannot, becomes U+FFFD here, as in a browser's WebSocket.
        return Encoding.UTF8.GetBytes(reader.ValueIsEscaped ? Unescape(text) : text);
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            // The reader has checked that a whole escape follows.
            i++;
            if (text[i] == 'u')
            {
                plain.Append((char)ushort.Parse(text.AsSpan(i + 1, 4), NumberStyles.HexNumber));
                i += 4;
                continue;
            }

            plain.Append(text[i] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                var itself => itself,
            });
        }

        return plain.ToString();
    }
}
