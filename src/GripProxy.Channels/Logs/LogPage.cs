using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Logs;

/// <summary>Some items of a log that follow each other. Immutable.</summary>
/// <param name="Outcome">Whether the position was good, or why not; only then there are items.</param>
/// <param name="Items">The items, each with its position. Only formats with the action send are kept.</param>
/// <param name="Newest">The newest position when this was read; means nothing if the log could not be read.</param>
public sealed record LogPage(ResumeOutcome Outcome, IReadOnlyList<Item> Items, Position Newest)
{
    /// <summary>An answer without items, because of <paramref name="outcome"/>.</summary>
    public static LogPage Failed(ResumeOutcome outcome) => new(outcome, [], default);
}
