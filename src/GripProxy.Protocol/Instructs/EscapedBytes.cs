namespace GripProxy.Protocol.Instructs;

/// <summary>Reads the <c>cstring</c> format of keep-alive data: <c>\\</c>, <c>\r</c>, <c>\n</c> and <c>\xHH</c> (HTTP-26).</summary>
internal static class EscapedBytes
{
    /// <summary>
    /// The bytes, or null for a backslash at the end or a <c>\x</c> without two hexadecimal digits. Unknown escapes are dropped.
    /// </summary>
    /// <param name="text">The header text, one character per byte.</param>
    public static byte[]? Read(string text)
    {
        var bytes = new byte[text.Length];
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes[count++] = (byte)text[i];
                continue;
            }

            if (++i == text.Length)
                return null;
            switch (text[i])
            {
                case '\\':
                    bytes[count++] = (byte)'\\';
                    break;
                case 'r':
                    bytes[count++] = (byte)'\r';
                    break;
                case 'n':
                    bytes[count++] = (byte)'\n';
                    break;
                case 'x':
                    if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                        return null;
                    bytes[count++] = Convert.ToByte(text.Substring(i + 1, 2), 16);
                    i += 2;
                    break;
            }
        }

        return bytes[..count];
    }
}
