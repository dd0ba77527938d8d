using GripProxy.Channels.Delivery;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Messages;

/// <summary>Makes the bytes of a channel's items for one kind of client. Equal ones make equal bytes, so that connections share them. Immutable.</summary>
/// <param name="Framing">How messages look.</param>
/// <param name="Channel">Name without route prefix.</param>
/// <param name="HasLog">True if the channel has a log, so that its items have positions.</param>
internal sealed record ItemEncoding(MessageFraming Framing, string Channel, bool HasLog)
{
    /// <summary>The bytes of an item that has a form, shared with all that want the same; only if <paramref name="forms"/> is null for this client alone.</summary>
    public ReadOnlyMemory<byte> Encode(Item item, MessageForm form, SharedForms? forms) => forms is null
        ? Encode(item, form, form.Content)
        : forms.Get(item, this, static (item, encoding) => encoding.Encode(item, MessageForm.Of(item)!.Value)); // The caller has seen it.

    /// <summary>The bytes of an item of which filters made other content.</summary>
    public ReadOnlyMemory<byte> Encode(Item item, MessageForm form, ReadOnlyMemory<byte> content) =>
        Framing.Encode(new ItemMessage(Channel, item.Id, item.PrevId, HasLog ? item.Position : null, form.Format, content));

    private ReadOnlyMemory<byte> Encode(Item item, MessageForm form) => Encode(item, form, form.Content);
}
