using GripProxy.Channels.Delivery;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.WebSockets;

/// <summary>Makes the bytes of items for one kind of client (design: encode once). Immutable.</summary>
internal sealed class MessageEncoding(WebSocketFraming framing)
{
    /// <summary>The bytes of an item, shared with all that want the same; only if <paramref name="forms"/> is null for this client alone.</summary>
    public ReadOnlyMemory<byte> Encode(Item item, MessageEnvelope? envelope, SharedForms? forms)
    {
        if (forms is null)
            return Encode(item, envelope, item.WebSocketMessage!.Content); // Only items with this format are delivered.
        return envelope is null
            ? forms.Get(item, framing, static (item, framing) => framing.Encode(item.WebSocketMessage!.Type.PartKind(), item.WebSocketMessage.Content))
            : forms.Get(item, envelope, static (item, envelope) => envelope.Encode(item, item.WebSocketMessage!.Content));
    }

    /// <summary>The bytes of an item of which filters made other content.</summary>
    public ReadOnlyMemory<byte> Encode(Item item, MessageEnvelope? envelope, ReadOnlyMemory<byte> content)
    {
        return envelope is null
            ? framing.Encode(item.WebSocketMessage!.Type.PartKind(), content) // Only items with this format are delivered.
            : envelope.Encode(item, content);
    }
}
