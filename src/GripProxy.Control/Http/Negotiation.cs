using Microsoft.Extensions.Primitives;

namespace GripProxy.Control.Http;

/// <summary>Chooses the form of a success answer from <c>Accept</c> (PUB-03).</summary>
internal static class Negotiation
{
    /// <summary>The form that the last recognised element names; text without the header; null (406) if no element is recognised.</summary>
    public static ReplyFormat? Choose(StringValues accept)
    {
        if (accept.Count == 0)
            return ReplyFormat.Text;

        ReplyFormat? chosen = null;
        foreach (var line in accept)
        {
            foreach (var range in line.AsSpan().Split(','))
                chosen = Recognise(line.AsSpan()[range]) ?? chosen;
        }

        return chosen;
    }

    // GRIP: quality parameters are ignored and the last match wins, so `application/json;q=0` asks for JSON.
    private static ReplyFormat? Recognise(ReadOnlySpan<char> element)
    {
        var end = element.IndexOf(';');
        var type = (end < 0 ? element : element[..end]).Trim();
        if (Is(type, "text/plain") || Is(type, "text/*") || Is(type, "*/*") || Is(type, "*"))
            return ReplyFormat.Text;
        return Is(type, "application/json") || Is(type, "application/*") ? ReplyFormat.Json : null;
    }

    private static bool Is(ReadOnlySpan<char> type, string name) => type.Equals(name, StringComparison.OrdinalIgnoreCase);
}
