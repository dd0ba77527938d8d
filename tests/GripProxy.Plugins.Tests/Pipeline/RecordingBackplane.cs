using System.Text.Json.Nodes;
using System.Threading.Channels;
using GripProxy.Channels;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Protocol.Items;

namespace GripProxy.Plugins.Tests.Pipeline;

/// <summary>Keeps what is published; nobody else is there. Thread-safe.</summary>
internal sealed class RecordingBackplane : IBackplane
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>();

    /// <summary>True if something was published that nobody asked for yet.</summary>
    public bool HasMore => _items.Reader.TryPeek(out _);

    /// <summary>The next events that were published, as WebSocket clients see them.</summary>
    public async Task<IReadOnlyList<JsonNode>> EventsAsync(int count)
    {
        List<JsonNode> events = [];
        while (events.Count < count)
        {
            var item = await _items.Reader.ReadAsync().AsTask().WaitAsync(Patience);
            events.Add(JsonNode.Parse(item.WebSocketMessage!.Content.Span)!);
        }

        return events;
    }

    public void Start(IBackplaneSink sink)
    {
        // Nothing ever comes back.
    }

    public BackplaneAnswer Send(Item item, ChannelRule rule, bool isOverdue)
    {
        _items.Writer.TryWrite(item);
        return new BackplaneAnswer(BackplaneStep.FanOut, item);
    }

    public ValueTask JoinAsync(string channel) => ValueTask.CompletedTask;
}
