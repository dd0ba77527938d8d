using GripProxy.Channels.Delivery;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Pacing;

/// <summary>Weighs deliveries in blocks (PUB-33). Immutable.</summary>
/// <param name="blockSize">Bytes of a block, or 0: every delivery weighs 1.</param>
internal sealed class DeliveryWeight(int blockSize)
{
    /// <summary>Blocks of the item for this kind of hold, at least 1.</summary>
    public int Of(Item item, SubscriptionMode mode) => Math.Max(1, BlocksOf(item, mode));

    /// <summary>The same for stats: 0 where blocks are not configured, and for an empty item.</summary>
    public int BlocksOf(Item item, SubscriptionMode mode) =>
        blockSize <= 0 ? 0 : (int)(((long)(item.Size ?? SizeOf(item, mode)) + blockSize - 1) / blockSize);

    /// <summary>Blocks of the largest form of the item, or 0.</summary>
    public int LargestOf(Item item)
    {
        if (blockSize <= 0)
            return 0;
        var response = item.HttpResponse is null ? 0 : BlocksOf(item, SubscriptionMode.Response);
        var stream = item.HttpStream is null ? 0 : BlocksOf(item, SubscriptionMode.Stream);
        var webSocket = item.WebSocketMessage is null ? 0 : BlocksOf(item, SubscriptionMode.WebSocket);
        return Math.Max(response, Math.Max(stream, webSocket));
    }

    // Only items with the format are delivered.
    private static int SizeOf(Item item, SubscriptionMode mode) => mode switch
    {
        SubscriptionMode.Response => item.HttpResponse!.Body.Length,
        SubscriptionMode.Stream => item.HttpStream!.Content.Length,
        SubscriptionMode.SignalR => MessageForm.SizeOf(item),
        _ => item.WebSocketMessage!.Content.Length,
    };
}
