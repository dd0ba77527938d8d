using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Pacing;

/// <summary>Weighs deliveries in blocks (PUB-33). Immutable.</summary>
/// <param name="blockSize">Bytes of a block, or 0: every delivery weighs 1.</param>
internal sealed class DeliveryWeight(int blockSize)
{
    /// <summary>Blocks of the item for this kind of hold, at least 1.</summary>
    public int Of(Item item, SubscriptionMode mode)
    {
        if (blockSize <= 0)
            return 1;
        var size = item.Size ?? SizeOf(item, mode);
        return Math.Max(1, (int)(((long)size + blockSize - 1) / blockSize));
    }

    // Only items with the format are delivered.
    private static int SizeOf(Item item, SubscriptionMode mode) => mode switch
    {
        SubscriptionMode.Response => item.HttpResponse!.Body.Length,
        SubscriptionMode.Stream => item.HttpStream!.Content.Length,
        _ => item.WebSocketMessage!.Content.Length,
    };
}
