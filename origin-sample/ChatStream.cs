using System.Text;
using GripProxy.Origin;

namespace GripProxy.OriginSample;

/// <summary>
/// Reading the chat as server-sent events. The answer begins with what the client missed, and the proxy goes on from there with everything
/// published on three channels. Whenever the proxy finds that a message is missing it asks at the next link and appends the answer to the
/// stream (HTTP-30), so this endpoint answers three questions alike: a new browser's, that of a browser which comes back and says where
/// it was in <c>Last-Event-ID</c>, and the proxy's, which says it in <c>Grip-Last</c>.
/// </summary>
internal static class ChatStream
{
    // Tells the browser how long to wait before it connects again, in milliseconds.
    private const string Retry = "retry: 1000\n\n";

    public static void Map(IEndpointRouteBuilder held) => held.MapServerSentEvents("/chat/stream", Get);

    private static GripInstruct Get(HttpRequest request, ChatLog log, People people, string? after)
    {
        var isContinued = request.Grip().LastIds.TryGetValue(ChatFormat.Json.Channel, out var known);
        if (!isContinued)
            known = LastEventId(request) ?? after;
        var page = log.After(known);

        var beginning = new StringBuilder(isContinued ? "" : Retry);
        foreach (var message in page.Messages)
            beginning.Append(ChatItems.Event(message));
        if (!isContinued)
            beginning.Append(people.Event());

        // Only the chat has a prev-id: a tick that is missed is worth nothing, a message is.
        return GripInstruct.HoldStream(TickerStream.Channel, People.Channel)
            .Channel(ChatFormat.Json.Channel, page.Cursor)
            .Next("/chat/stream?after=" + page.Cursor)
            .Body(beginning.ToString());
    }

    // The header is newer than the address, which a browser repeats as it was.
    private static string? LastEventId(HttpRequest request) =>
        request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } id ? id : null;
}
