using System.Collections.Concurrent;
using GripProxy.Channels;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Protocol.Items;

namespace GripProxy.Plugins.Tests.Fleet;

/// <summary>Remembers every item that is published, in order. Thread-safe.</summary>
internal sealed class RecordingBackplane : IBackplane
{
    public ConcurrentQueue<Item> Items { get; } = new();

    public void Start(IBackplaneSink sink)
    {
        // Nothing ever comes from elsewhere.
    }

    public BackplaneAnswer Send(Item item, ChannelRule rule, bool isOverdue)
    {
        Items.Enqueue(item);
        return new BackplaneAnswer(BackplaneStep.FanOut, item);
    }

    public ValueTask JoinAsync(string channel) => ValueTask.CompletedTask;
}
