using System.Globalization;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;
using GripProxy.Redis.Items;
using GripProxy.Redis.Partitions;

namespace GripProxy.Redis.Relay;

/// <summary>
/// Receipts across nodes (CTL-07): collects what other nodes say of items that were sent from here, and tells them what became of theirs. Owned by the loop
/// of one partition.
/// </summary>
internal sealed class ReceiptBook(IBackplaneSink sink, NodeIdentity node)
{
    // Whoever asks waits a second or so; what is older nobody waits for.
    private const int MaxOpen = 1000;

    private readonly Queue<long> _bySeniority = [];
    private readonly Dictionary<long, ItemTrail> _open = [];

    /// <summary>True if somebody waits for what becomes of the item on all nodes.</summary>
    public static bool IsWanted(Item item) => FollowedItem.TrailOf(item) is { HasReceipt: true };

    /// <summary>Redis has an item, and has told these nodes.</summary>
    public void Sent(RelayOperation append, string reached, bool isHere, string position)
    {
        if (FollowedItem.TrailOf(append.Item!) is not { HasReceipt: true } trail) // Every append has an item.
            return;
        var others = reached.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(run => run != node.Run).Select(NodeIdentity.NameOf).ToArray();
        if (others.Length > 0)
        {
            trail.Expect(others);
            _open[append.Seq] = trail;
            _bySeniority.Enqueue(append.Seq);
            while (_bySeniority.Count > MaxOpen)
                _open.Remove(_bySeniority.Dequeue());
        }

        if (!isHere)
            trail.EndHere(Position.TryParse(position, out var place) ? place : null);
    }

    /// <summary>Nobody holds the channel of an item, or it is not known who got it.</summary>
    public static void SentToNobody(RelayOperation append) => FollowedItem.TrailOf(append.Item!)?.EndHere(position: null); // Every append has one.

    /// <summary>Another node says what became of an item there.</summary>
    /// <param name="from">The run of the node.</param>
    /// <param name="number">Number of the item's append.</param>
    /// <param name="body">The counts.</param>
    public void Take(string from, string number, ReadOnlyMemory<byte> body)
    {
        if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) && _open.TryGetValue(seq, out var trail))
            trail.Report(NodeIdentity.NameOf(from), Read(body));
    }

    /// <summary>Delivers an item of another node and tells that one what became of it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="from">The run of the node.</param>
    /// <param name="seq">Number of the item's append there.</param>
    /// <param name="drains">Gets the holds that have to write.</param>
    /// <param name="reply">Sends a message.</param>
    public void DeliverAndTell(Item item, string from, long seq, DrainBatch drains, Action<RelayOperation> reply) =>
        reply(RelayOperation.Message(from, "c", seq.ToString(CultureInfo.InvariantCulture), Write(sink.DeliverAndCount(item, drains))));

    private static ReadOnlyMemory<byte> Write(NodeCounts counts)
    {
        var to = new ByteWriter();
        to.Number(counts.Queued);
        to.Number(counts.NoFormat);
        to.Number(counts.Filtered.Count);
        foreach (var (filter, count) in counts.Filtered)
        {
            to.Number((int)filter);
            to.Number(count);
        }

        to.Number(counts.Dropped.Count);
        foreach (var (reason, count) in counts.Dropped)
        {
            to.Number((int)reason);
            to.Number(count);
        }

        return to.Written;
    }

    private static NodeCounts Read(ReadOnlyMemory<byte> body)
    {
        var from = new ByteReader(body);
        var queued = (int)from.Number();
        var noFormat = (int)from.Number();
        var filtered = new Dictionary<FilterKind, int>();
        for (var left = from.Number(); left > 0; left--)
        {
            var filter = (FilterKind)from.Number();
            filtered[filter] = (int)from.Number();
        }

        var dropped = new Dictionary<DropReason, int>();
        for (var left = from.Number(); left > 0; left--)
        {
            var reason = (DropReason)from.Number();
            dropped[reason] = (int)from.Number();
        }

        return new NodeCounts(queued, noFormat, filtered, dropped);
    }
}
