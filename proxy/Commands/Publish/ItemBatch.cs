namespace GripProxy.Proxy.Commands.Publish;

/// <summary>Items that go out together, or why there are none. Immutable.</summary>
/// <param name="Items">Each as JSON (PUB-10).</param>
/// <param name="Error">What was wrong with what was to be published, or null.</param>
internal sealed record ItemBatch(IReadOnlyList<ReadOnlyMemory<byte>> Items, string? Error = null)
{
    /// <summary>Nothing to publish.</summary>
    public static ItemBatch Failed(string error) => new([], error);
}
