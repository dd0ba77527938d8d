using GripProxy.Channels.Delivery;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Backplane;

/// <summary>
/// The last step of the pipeline before the fan-out: appends to the log of the channel and carries items between nodes (LOG-01, LOG-11). Without a
/// cluster it is <see cref="LocalBackplane"/>, which says at once that an item is to be fanned out here.
/// </summary>
public interface IBackplane
{
    /// <summary>Gives the backplane who takes what comes from it. Called once, before anything is sent.</summary>
    void Start(IBackplaneSink sink);

    /// <summary>
    /// Takes one item that has passed duplicate suppression and sequencer, and says what is to be done with it here. Called under the lock of the
    /// channel's shard, so in the order of the channel: it only enqueues, never waits, never calls the sink.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <param name="rule">What is configured for its channel.</param>
    /// <param name="isOverdue">True: it has waited long enough for its predecessor, and waits for it nowhere else (PUB-31).</param>
    BackplaneAnswer Send(Item item, ChannelRule rule, bool isOverdue);

    /// <summary>Ends when every node that publishes to the channel knows that it is held here, or when the others cannot be asked.</summary>
    ValueTask JoinAsync(string channel);

    /// <summary>Completes when all that was sent before is no longer in this node's memory alone: it is where the other nodes find it, or was dropped. A node that is alone has nothing to wait for.</summary>
    ValueTask FlushAsync() => ValueTask.CompletedTask;
}
