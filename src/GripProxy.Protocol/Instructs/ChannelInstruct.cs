namespace GripProxy.Protocol.Instructs;

/// <summary>One channel of an instruct (HTTP-12b). Immutable.</summary>
/// <param name="Name">Channel name as the origin wrote it, Unicode, without the route's prefix (HTTP-42).</param>
/// <param name="PrevId">Id of the item that the origin's answer already covers, or null: take everything (HTTP-35).</param>
/// <param name="Filters">Filter names in order, at most five (FLT-01).</param>
public sealed record ChannelInstruct(string Name, string? PrevId, IReadOnlyList<string> Filters)
{
    /// <summary>Where the client stands in the channel's log, as written, or null: not given (LOG-03).</summary>
    public string? Position { get; init; }
}
