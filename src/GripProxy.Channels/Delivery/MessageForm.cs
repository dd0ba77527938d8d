using System.Runtime.InteropServices;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Delivery;

/// <summary>
/// What an item is to a client that takes whatever format there is: its <c>ws-message</c>, else its <c>http-stream</c>, else its <c>http-response</c>
/// (SIG-01). Immutable.
/// </summary>
/// <param name="Format">Of which format it was made.</param>
/// <param name="Action">Send or close; nothing else has a form.</param>
/// <param name="Content">What is sent.</param>
/// <param name="ContentFilters">Message content filters that the subscription must have, in order (FLT-05), or null.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MessageForm(MessageFormat Format, ItemAction Action, ReadOnlyMemory<byte> Content, IReadOnlyList<string>? ContentFilters)
{
    /// <summary>True if the item has a format at all.</summary>
    public static bool IsIn(Item item) => item.WebSocketMessage is not null || item.HttpStream is not null || item.HttpResponse is not null;

    /// <summary>The form of an item, or null: what it says means nothing to such a client.</summary>
    public static MessageForm? Of(Item item)
    {
        var form = item switch
        {
            { WebSocketMessage: { } message } => OfMessage(message),
            { HttpStream: { } stream } => new MessageForm(MessageFormat.Stream, stream.Action, stream.Content, stream.ContentFilters),
            { HttpResponse: { BodyPatch: null } response } => new MessageForm(MessageFormat.Response, response.Action, response.Body, response.ContentFilters),
            _ => (MessageForm?)null,
        };
        return form is { Action: ItemAction.Send or ItemAction.Close } ? form : null;
    }

    /// <summary>Bytes of content of the format that counts; 0: there is none.</summary>
    public static int SizeOf(Item item) =>
        item.WebSocketMessage?.Content.Length ?? item.HttpStream?.Content.Length ?? item.HttpResponse?.Body.Length ?? 0;

    private static MessageForm? OfMessage(WebSocketMessageFormat message) => message.Type is WebSocketMessageType.Ping or WebSocketMessageType.Pong
        ? null
        : new MessageForm(
            message.Type == WebSocketMessageType.Binary ? MessageFormat.Binary : MessageFormat.Text, message.Action, message.Content, message.ContentFilters);
}
