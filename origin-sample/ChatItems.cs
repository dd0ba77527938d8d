using System.Text;
using System.Text.Json;
using GripProxy.Origin;
using Microsoft.Net.Http.Headers;

namespace GripProxy.OriginSample;

/// <summary>
/// A chat message as items to publish. One item has several formats: the proxy answers long-polls with one of them, writes another
/// into streams and sends the third to WebSockets. Ids and prev-ids let it restore the order and notice what is missing.
/// </summary>
internal static class ChatItems
{
    /// <summary>One item for JSON long-polls, streams and WebSockets, one for Atom long-polls.</summary>
    public static IReadOnlyList<GripItem> Of(ChatMessage message, string prevId)
    {
        var page = new ChatPage(message.Id, Gap: false, [message]);
        return
        [
            Item(ChatFormat.Json, page, prevId).WithHttpStream(Event(message)).WithWebSocketMessage(SocketText.Write("message", message)),
            Item(ChatFormat.Atom, page, prevId),
        ];
    }

    /// <summary>The message as an event of a stream.</summary>
    public static string Event(ChatMessage message) =>
        ServerSentEvent.Write(JsonSerializer.Serialize(message, JsonSerializerOptions.Web), id: message.Id);

    /// <summary>The entity tag of a page: its cursor.</summary>
    public static string ETag(string cursor) => $"\"{cursor}\"";

    private static GripItem Item(ChatFormat format, ChatPage page, string prevId) =>
        new GripItem(format.Channel) { Id = page.Cursor, PrevId = prevId }.WithHttpResponse(
            Encoding.UTF8.GetBytes(format.Write(page)),
            [KeyValuePair.Create(HeaderNames.ContentType, format.ContentType), KeyValuePair.Create(HeaderNames.ETag, ETag(page.Cursor))]);
}
