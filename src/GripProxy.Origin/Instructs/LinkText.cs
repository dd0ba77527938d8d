using System.Text;

namespace GripProxy.Origin.Instructs;

/// <summary>Writes links so that every GRIP proxy reads them whole (HTTP-12h).</summary>
internal static class LinkText
{
    /// <summary>
    /// Percent-encodes what would divide the header: older proxies split at commas and semicolons even inside <c>&lt;…&gt;</c>.
    /// </summary>
    public static string Encode(string uri, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(uri, parameter);
        HeaderValue.Check(uri, parameter);
        var text = new StringBuilder(uri.Length);
        foreach (var rune in uri.EnumerateRunes())
        {
            if (rune.IsAscii && rune.Value is not (' ' or ',' or ';' or '<' or '>' or '"'))
                text.Append((char)rune.Value);
            else
                text.Append(Uri.EscapeDataString(rune.ToString()));
        }

        return text.ToString();
    }
}
