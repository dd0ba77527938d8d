namespace GripProxy.Protocol.Filters;

/// <summary>What filters made of one content: exactly one of a content, a drop or an error. Immutable.</summary>
public readonly record struct FilterOutcome
{
    private FilterOutcome(ReadOnlyMemory<byte> content, FilterKind? droppedBy, string? error)
    {
        Content = content;
        DroppedBy = droppedBy;
        Error = error;
    }

    /// <summary>What is to be delivered; meaningless after a drop or an error.</summary>
    public ReadOnlyMemory<byte> Content { get; }

    /// <summary>The filter that dropped it, or null.</summary>
    public FilterKind? DroppedBy { get; }

    /// <summary>What went wrong, in the words of the specification, or null.</summary>
    public string? Error { get; }

    /// <summary>The content is delivered.</summary>
    public static FilterOutcome Pass(ReadOnlyMemory<byte> content) => new(content, null, null);

    /// <summary>The filter wants nothing to be delivered.</summary>
    public static FilterOutcome Drop(FilterKind by) => new(default, by, null);

    /// <summary>A filter could not do its work; nothing is delivered (DIF-05).</summary>
    public static FilterOutcome Fail(string error) => new(default, null, error);
}
