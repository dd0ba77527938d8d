using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Logs;

/// <summary>What of an item a log keeps (LOG-01): the formats that send something.</summary>
public static class LoggedForms
{
    /// <summary>The item as a log keeps it, without whoever follows it; null: there is nothing to keep.</summary>
    public static Item? Of(Item item)
    {
        var response = item.HttpResponse is { Action: ItemAction.Send } ? item.HttpResponse : null;
        var stream = item.HttpStream is { Action: ItemAction.Send } ? item.HttpStream : null;
        var message = item.WebSocketMessage is { Action: ItemAction.Send } ? item.WebSocketMessage : null;
        if (response is null && stream is null && message is null)
            return null;
        var plain = item is FollowedItem followed ? followed.Plain : item;
        if (response == item.HttpResponse && stream == item.HttpStream && message == item.WebSocketMessage)
            return plain;
        return plain with { HttpResponse = response, HttpStream = stream, WebSocketMessage = message };
    }

    /// <summary>Bytes of content that an item counts.</summary>
    public static long SizeOf(Item item) =>
        (long)(item.HttpResponse?.Body.Length ?? 0) + (item.HttpStream?.Content.Length ?? 0) + (item.WebSocketMessage?.Content.Length ?? 0);
}
