namespace GripProxy.Protocol.Items;

/// <summary>Format <c>http-stream</c>: what an item is to a stream hold (PUB-13). Immutable.</summary>
public sealed record HttpStreamFormat
{
    /// <summary>Send, hint or close.</summary>
    public ItemAction Action { get; init; }

    /// <summary>Bytes to write as they are.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Message content filters that the subscription must have, in order (FLT-05), or null.</summary>
    public IReadOnlyList<string>? ContentFilters { get; init; }
}
