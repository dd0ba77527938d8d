namespace GripProxy.Protocol.Instructs;

/// <summary>Finds the places where a Grip header value divides (HTTP-12).</summary>
internal static class HeaderScanner
{
    /// <summary>
    /// Index of the first <paramref name="separator"/> from <paramref name="start"/> on that is not in double quotes, or the length.
    /// <paramref name="closed"/> is false if a quote never ends.
    /// </summary>
    public static int Find(ReadOnlySpan<char> text, char separator, int start, out bool closed)
    {
        var quoted = false;
        for (var i = start; i < text.Length; i++)
        {
            var character = text[i];
            if (character == '"')
            {
                quoted = !quoted;
            }
            else if (quoted)
            {
                if (character == '\\')
                    i++;
            }
            else if (character == separator)
            {
                closed = true;
                return i;
            }
        }

        closed = !quoted;
        return text.Length;
    }

    /// <summary>Length of a link in angle brackets at the beginning of the text, white space before it included, or 0.</summary>
    public static int LinkLength(ReadOnlySpan<char> text)
    {
        var trimmed = text.TrimStart();
        return trimmed.StartsWith('<') && trimmed.IndexOf('>') is > 0 and var end ? text.Length - trimmed.Length + end + 1 : 0;
    }
}
