using GripProxy.Protocol;

namespace GripProxy.Channels.Logs;

/// <summary>
/// The bounded histories of channels, as those see them who read (LOG-01). Whoever appends is the <see cref="Backplane.IBackplane"/>. Thread-safe; never
/// throws for what is stored or cannot be reached: that is an outcome. Every answer about a channel begins its epoch, if it has none yet.
/// </summary>
public interface IChannelLog
{
    /// <summary>Where the log of a channel stands, or null: it keeps none, or it cannot be reached now.</summary>
    /// <param name="channel">Full name, route prefix included.</param>
    /// <param name="cancellation">Nobody wants the answer any more.</param>
    ValueTask<LogState?> GetStateAsync(string channel, CancellationToken cancellation = default);

    /// <summary>
    /// The items that follow a position, oldest first: as many as the bounds allow, but at least one if there is one. With <paramref name="maxItems"/>
    /// 0 none: then the answer only says whether the position is good (LOG-01).
    /// </summary>
    /// <param name="channel">Full name, route prefix included.</param>
    /// <param name="after">The reader has everything up to here.</param>
    /// <param name="maxItems">How many items at most.</param>
    /// <param name="maxBytes">How many bytes of content at most; the first item is given whatever its size.</param>
    /// <param name="cancellation">Nobody wants the answer any more.</param>
    ValueTask<LogPage> ReadAsync(string channel, Position after, int maxItems, long maxBytes, CancellationToken cancellation = default);

    /// <summary>The newest items that are kept, newest first; for the latest value (LOG-10), so also where only that is kept.</summary>
    /// <param name="channel">Full name, route prefix included.</param>
    /// <param name="maxItems">How many items at most.</param>
    /// <param name="cancellation">Nobody wants the answer any more.</param>
    ValueTask<LogPage> ReadNewestAsync(string channel, int maxItems, CancellationToken cancellation = default);

    /// <summary>
    /// Where somebody stands who has seen the item of that id last (LOG-06): at the newest kept item with it; at the newest position if it is the id of
    /// the newest item, kept or not, or, unproven, if nothing is kept and no id is remembered. Else <see cref="Outcomes.ResumeOutcome.Expired"/>.
    /// </summary>
    /// <param name="channel">Full name, route prefix included.</param>
    /// <param name="id">Id of an item, as a prev-id names it.</param>
    /// <param name="cancellation">Nobody wants the answer any more.</param>
    ValueTask<LogPlace> FindAsync(string channel, string id, CancellationToken cancellation = default);
}
