using System.Buffers;
using System.Text;

namespace GripProxy.Holds.Resuming;

/// <summary>
/// Puts an id into the text of server-sent events (LOG-04): directly before the last event, because an id on an earlier one would lose the rest if the
/// connection broke between. Ids that are there already are left out. Stateless.
/// </summary>
internal static class EventText
{
    /// <summary>The content with that id. Content that does not end with a blank line ends no event, so it gets none.</summary>
    public static ReadOnlyMemory<byte> WithId(ReadOnlyMemory<byte> content, string id)
    {
        var output = new ArrayBufferWriter<byte>(content.Length + id.Length + 5);
        var text = content.Span;
        var last = FindLastEvent(text);
        var at = 0;
        while (at < text.Length)
        {
            if (at == last)
                output.Write(Encoding.ASCII.GetBytes($"id: {id}\n"));
            var end = EndOfLine(text, at, out var next);
            if (!IsId(text[at..end]))
                output.Write(text[at..next]);
            at = next;
        }

        return output.WrittenMemory;
    }

    /// <summary>Where the last event begins, or -1: the content does not end with a blank line.</summary>
    private static int FindLastEvent(ReadOnlySpan<byte> text)
    {
        var (begin, found, endsBlank, inEvent) = (0, -1, false, false);
        for (var at = 0; at < text.Length;)
        {
            var end = EndOfLine(text, at, out var next);
            var isBlank = end == at;
            if (!isBlank && !inEvent)
                (begin, inEvent) = (at, true);
            if (isBlank && (inEvent || found < 0))
                (found, inEvent) = (begin, false);
            endsBlank = isBlank && next > end;
            at = next;
        }

        return endsBlank ? found : -1;
    }

    private static int EndOfLine(ReadOnlySpan<byte> text, int from, out int next)
    {
        var length = text[from..].IndexOfAny((byte)'\n', (byte)'\r');
        var end = length < 0 ? text.Length : from + length;
        next = end;
        if (end < text.Length)
            next += text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1;
        return end;
    }

    private static bool IsId(ReadOnlySpan<byte> line) => line.SequenceEqual("id"u8) || line.StartsWith("id:"u8);
}
