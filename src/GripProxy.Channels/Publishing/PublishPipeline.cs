using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Publishing;

/// <summary>
/// Where every publisher ends, whatever its door: duplicate suppression, order, fan-out (PUB-30, PUB-31). Thread-safe; only enqueues,
/// never waits for a client.
/// </summary>
public sealed class PublishPipeline
{
    /// <summary>Takes items in order. Delivery goes on after the call returns.</summary>
    public void Publish(IReadOnlyList<Item> items) => throw new NotSupportedException("contract only");

    /// <summary>Forgets all last ids and makes every hold ask its origin again (HTTP-37).</summary>
    public void Recover() => throw new NotSupportedException("contract only");
}
