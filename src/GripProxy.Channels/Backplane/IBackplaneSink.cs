using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Backplane;

/// <summary>
/// Takes what comes from the backplane. Every method takes the lock of the channel's shard, so it is not called from within
/// <see cref="IBackplane.Send"/>; nobody waits in it. For one channel it is called by one thread at a time.
/// </summary>
public interface IBackplaneSink
{
    /// <summary>Fans out an item whose turn has come.</summary>
    /// <param name="item">
    /// The item, with its position if it stands in a log. One that was sent from here is the sent one (<c>sent with { Position = … }</c>), so that
    /// whoever follows it hears of it.
    /// </param>
    /// <param name="isOwn">True: it was sent from this node, whose sequencer knows it already.</param>
    /// <param name="scope">Who gets it.</param>
    /// <param name="drains">Gets the holds that have to write; the caller runs it after one or more items, outside all locks.</param>
    void Deliver(Item item, bool isOwn, FanOutScope scope, DrainBatch drains);

    /// <summary>Fans out an item of another node whose publisher wants to know what becomes of it, and says so.</summary>
    NodeCounts DeliverAndCount(Item item, DrainBatch drains);

    /// <summary>
    /// An own item that came back was the last one on its way: items of others may have come between, so the sequencer learns from it where the channel is.
    /// </summary>
    void Follow(Item item, DrainBatch drains);

    /// <summary>An item that was sent from here is not fanned out, such as a <see cref="PublishOutcome.Duplicate"/> of another node's.</summary>
    void Refuse(Item item, PublishOutcome outcome);

    /// <summary>Items of the channel are lost to this node: its last id is forgotten, and its holds ask their origins (HTTP-37).</summary>
    void Recover(string channel);

    /// <summary>
    /// Takes an item of another node whose place is decided here: it passes duplicate suppression and sequencer as if it had been published here.
    /// </summary>
    void Publish(Item item);

    /// <summary>The id of the last item of a channel that has just begun to be held here, so that whoever is behind it is found out (HTTP-35).</summary>
    void Learn(string channel, string lastId);

    /// <summary>The id of the last item of a channel, or null: none is known. What is being fanned out has been, when this returns.</summary>
    string? LastIdOf(string channel);
}
