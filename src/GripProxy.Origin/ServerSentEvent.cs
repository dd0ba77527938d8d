using System.Text;

namespace GripProxy.Origin;

/// <summary>Writes events of a <c>text/event-stream</c>. Stateless.</summary>
public static class ServerSentEvent
{
    /// <summary>The content type of such a stream.</summary>
    public const string ContentType = "text/event-stream";

    /// <summary>A comment that clients ignore: it keeps a connection alive.</summary>
    public const string KeepAlive = ":\n\n";

    /// <summary>The text of one event.</summary>
    /// <param name="data">Any text; each of its lines becomes a data line, so that no text can end the event.</param>
    /// <param name="name">What the client listens for, or null for <c>message</c>. One line.</param>
    /// <param name="id">What the browser sends back as <c>Last-Event-ID</c>, or null to leave it as it is. One line.</param>
    /// <exception cref="ArgumentException">The name or the id has more than one line.</exception>
    public static string Write(string data, string? name = null, string? id = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        var text = new StringBuilder();
        if (id is not null)
            text.Append("id: ").Append(OneLine(id, nameof(id))).Append('\n');
        if (name is not null)
            text.Append("event: ").Append(OneLine(name, nameof(name))).Append('\n');
        // Only what this format takes for the end of a line (CR LF, CR, LF): others belong to the text.
        foreach (var line in data.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n'))
            text.Append("data: ").Append(line).Append('\n');
        return text.Append('\n').ToString();
    }

    private static string OneLine(string text, string parameter) =>
        text.AsSpan().IndexOfAny('\r', '\n', '\0') < 0
            ? text
            : throw new ArgumentException("A field of an event is one line, without CR, LF and NUL.", parameter);
}
