using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace GripProxy.OriginSample;

/// <summary>
/// The two forms of the chat. Each has a channel of its own: a published answer goes to the client as it is, so those who wait for JSON and
/// those who wait for Atom must not share one. Immutable.
/// </summary>
internal sealed class ChatFormat
{
    private readonly Func<ChatPage, string> _write;

    private ChatFormat(string channel, string contentType, Func<ChatPage, string> write)
    {
        Channel = channel;
        ContentType = contentType;
        _write = write;
    }

    /// <summary>JSON: <c>{"cursor":"…","gap":false,"messages":[…]}</c>.</summary>
    public static ChatFormat Json { get; } =
        new("chat-json", "application/json", page => JsonSerializer.Serialize(page, JsonSerializerOptions.Web) + "\n");

    /// <summary>Atom, for feed readers.</summary>
    public static ChatFormat Atom { get; } = new("chat-atom", AtomFeed.ContentType, AtomFeed.Write);

    /// <summary>Channel on which long-polls of this form wait.</summary>
    public string Channel { get; }

    /// <summary>Media type.</summary>
    public string ContentType { get; }

    /// <summary>Atom if the client prefers it, else JSON.</summary>
    public static ChatFormat Of(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return Quality(accepted, Atom.ContentType) > Quality(accepted, Json.ContentType) ? Atom : Json;
    }

    /// <summary>The page in this form.</summary>
    public string Write(ChatPage page) => _write(page);

    // The most specific range that matches decides (RFC 9110, 12.5.1); ranges like application/* match both and change nothing.
    private static double Quality(IList<MediaTypeHeaderValue> accepted, string type) =>
        accepted.FirstOrDefault(range => range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)) is { } exact
            ? exact.Quality ?? 1
            : accepted.Where(range => range.MatchesAllTypes || range.MatchesAllSubTypes).Select(range => range.Quality ?? 1).DefaultIfEmpty(0).Max();
}
