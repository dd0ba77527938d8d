using System.Globalization;
using GripProxy.Origin;
using Microsoft.Net.Http.Headers;

namespace GripProxy.OriginSample;

/// <summary>
/// Reading the chat by long-poll: "what came after my cursor?" If something did, the answer goes out at once. If not, the proxy holds the
/// request until something is published, and nothing can slip through between: the hold names the cursor as prev-id, and a proxy that knows
/// a later id asks again at once, with <c>Grip-Last</c> (HTTP-33 to HTTP-35).
/// </summary>
internal static class LongPoll
{
    /// <summary>Name of the CORS policy: pages of other sites may read and write the chat.</summary>
    public const string CorsPolicy = "chat";

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(25);

    public static void Map(IEndpointRouteBuilder held) => held.MapGripLongPoll("/chat/messages", Get).RequireCors(CorsPolicy);

    private static IResult Get(HttpRequest request, HttpResponse response, ChatLog log, string? after)
    {
        var format = ChatFormat.Of(request);
        response.Headers.CacheControl = "no-cache";
        response.Headers.Vary = HeaderNames.Accept;

        // Without a cursor the client wants to know what there is, and where to go on.
        var known = after ?? Unquote(request.Headers.IfNoneMatch.ToString());
        if (known.Length == 0)
            return Answer(response, format, log.All());
        if (!long.TryParse(known, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor))
            return Results.BadRequest("'after' is a cursor from an earlier answer.\n");

        // On a retry the held client may have seen more than its own request says.
        if (request.Grip().LastIds.TryGetValue(format.Channel, out var last)
            && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var seen))
        {
            cursor = Math.Max(cursor, seen);
        }

        var page = log.After(cursor);
        if (page.Messages.Count > 0 || page.Gap)
            return Answer(response, format, page);

        // This answer reaches the client only if nothing is published in time.
        var instruct = GripInstruct.HoldResponse().Channel(format.Channel, page.Cursor).Timeout(Wait);
        response.Headers.ETag = ChatItems.ETag(page.Cursor);
        if (request.Headers.IfNoneMatch == ChatItems.ETag(page.Cursor))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return instruct;
        }

        response.ContentType = format.ContentType;
        return instruct.Body(format.Write(page));
    }

    private static IResult Answer(HttpResponse response, ChatFormat format, ChatPage page)
    {
        response.Headers.ETag = ChatItems.ETag(page.Cursor);
        return Results.Text(format.Write(page), format.ContentType);
    }

    private static string Unquote(string tag) => tag is ['"', .. var id, '"'] ? id : "";
}
