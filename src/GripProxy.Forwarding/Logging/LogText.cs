using System.Buffers;
using System.Globalization;
using System.Text;

namespace GripProxy.Forwarding.Logging;

/// <summary>Makes text of strangers fit for a log line (DIF-85).</summary>
internal static class LogText
{
    private static readonly SearchValues<char> Control = SearchValues.Create(AllControl());

    /// <summary>The text with control characters, C1 included, as <c>\xNN</c>; the same string if there are none.</summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny(Control) < 0)
            return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (char.IsControl(c))
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                escaped.Append(c);
        }

        return escaped.ToString();
    }

    private static string AllControl()
    {
        var all = new StringBuilder();
        for (var c = '\0'; c <= '\u009f'; c++)
        {
            if (char.IsControl(c))
                all.Append(c);
        }

        return all.ToString();
    }
}
