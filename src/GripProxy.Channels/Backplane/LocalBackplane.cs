using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Backplane;

/// <summary>The backplane of a node that is alone: appends to the log in memory where there is one, and nothing else.</summary>
public sealed class LocalBackplane(MemoryChannelLog log) : IBackplane
{
    /// <inheritdoc/>
    public void Start(IBackplaneSink sink)
    {
        // Nothing ever comes back.
    }

    /// <inheritdoc/>
    public BackplaneAnswer Send(Item item, ChannelRule rule, bool isOverdue) =>
        new(BackplaneStep.FanOut, rule.KeptItems > 0 ? log.Append(item, rule) : item);

    /// <inheritdoc/>
    public ValueTask JoinAsync(string channel) => ValueTask.CompletedTask;
}
