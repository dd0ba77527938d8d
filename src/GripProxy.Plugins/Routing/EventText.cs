using System.Text;

namespace GripProxy.Plugins.Routing;

/// <summary>Text with places for values of an event: <c>lot-{properties.lot|none}</c> (plugins.md §7.4). Immutable.</summary>
internal sealed class EventText
{
    // Everything else of an inserted value is percent-encoded: channel names and ids stay one readable word.
    private const string Plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-~$@:";

    private static readonly System.Buffers.SearchValues<byte> PlainBytes = System.Buffers.SearchValues.Create(Encoding.ASCII.GetBytes(Plain));

    private readonly Part[] _parts;

    private EventText(Part[] parts) => _parts = parts;

    /// <summary>Reads a text.</summary>
    /// <param name="text">As it was written.</param>
    /// <param name="error">What is wrong with it, or empty.</param>
    public static EventText? Parse(string text, out string error)
    {
        error = "";
        List<Part> parts = [];
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('{', at);
            if (open < 0)
            {
                parts.Add(new Part(text[at..], null, null));
                break;
            }

            var close = text.IndexOf('}', open);
            if (close <= open + 1)
            {
                error = $"'{text}' has a {{ without a name and }}";
                return null;
            }

            if (open > at)
                parts.Add(new Part(text[at..open], null, null));
            var inside = text[(open + 1)..close];
            var bar = inside.IndexOf('|', StringComparison.Ordinal);
            parts.Add(new Part("", (bar < 0 ? inside : inside[..bar]).Split('.'), bar < 0 ? null : inside[(bar + 1)..]));
            at = close + 1;
        }

        return new EventText([.. parts]);
    }

    /// <summary>The text for an event, or null if a value is missing that has no default.</summary>
    /// <param name="values">The event and what stands beside it.</param>
    /// <param name="encode">True to percent-encode inserted values.</param>
    public string? Fill(RoutedEvent values, bool encode)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            if (part.Path is null)
            {
                text.Append(part.Literal);
                continue;
            }

            if ((values.Text(part.Path) ?? part.Default) is not { } value)
                return null;
            if (encode)
                AppendEncoded(text, value);
            else
                text.Append(value);
        }

        return text.ToString();
    }

    private static void AppendEncoded(StringBuilder text, string value)
    {
        foreach (var one in Encoding.UTF8.GetBytes(value))
        {
            if (PlainBytes.Contains(one))
                text.Append((char)one);
            else
                text.Append('%').Append(one.ToString("X2"));
        }
    }

    private sealed record Part(string Literal, string[]? Path, string? Default);
}
