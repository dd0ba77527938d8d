using System.Text;

namespace GripProxy.OriginSample;

/// <summary>Writes one event of a <c>text/event-stream</c>.</summary>
internal static class ServerSentEvent
{
    /// <summary>The content type of such a stream.</summary>
    public const string ContentType = "text/event-stream";

    /// <summary>A comment that clients ignore: it keeps the connection alive.</summary>
    public const string KeepAlive = ":\n\n";

    /// <summary>An event.</summary>
    /// <param name="name">What the page listens for, or null for <c>message</c>. One line.</param>
    /// <param name="data">Any text; each of its lines becomes a data line, so that no text can end the event.</param>
    /// <param name="id">What the browser sends back as <c>Last-Event-ID</c>, or null to leave it as it is. One line.</param>
    public static string Write(string? name, string data, string? id = null)
    {
        var text = new StringBuilder();
        if (id is not null)
            text.Append("id: ").Append(OneLine(id)).Append('\n');
        if (name is not null)
            text.Append("event: ").Append(OneLine(name)).Append('\n');
        foreach (var line in data.ReplaceLineEndings("\n").Split('\n'))
            text.Append("data: ").Append(line).Append('\n');
        return text.Append('\n').ToString();
    }

    private static string OneLine(string text) =>
        text.AsSpan().IndexOfAny('\r', '\n', '\0') < 0
            ? text
            : throw new ArgumentException("A field of an event is one line.", nameof(text));
}
