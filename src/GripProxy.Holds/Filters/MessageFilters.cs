using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Filters;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Filters;

/// <summary>Runs the filters of a delivery that need time or memory, one after the other, for every kind of hold. Thread-safe.</summary>
internal sealed partial class MessageFilters(TimeProvider time, ILogger<MessageFilters> logger)
{
    private readonly OriginFilters _origin = new(time);

    /// <summary>
    /// Runs the rest of a chain, after the cheap filters (<see cref="FilterChain.FindDrop"/>). Not under a lock. The only exception is the
    /// cancellation by the end of <paramref name="hold"/>. <paramref name="trail"/> hears of a drop.
    /// </summary>
    public async ValueTask<FilterOutcome> RunAsync(
        FilterChain chain, FilterInput input, ReadOnlyMemory<byte> content, Hold hold, ItemTrail? trail)
    {
        var outcome = FilterOutcome.Pass(content);
        for (var i = 0; i < chain.Rest.Count && outcome.Error is null && outcome.DroppedBy is null; i++)
        {
            var kind = chain.Rest[i];
            outcome = kind is FilterKind.HttpCheck or FilterKind.HttpModify
                ? await _origin.AskAsync(kind, input, outcome.Content, hold, hold.GetEndToken())
                : FilterChain.Run(kind, input, outcome.Content);
        }

        if (outcome.DroppedBy is { } filter)
            trail?.Note(hold, DeliveryOutcome.FilteredBy(filter));
        if (outcome.Error is not null)
        {
            trail?.Note(hold, DeliveryOutcome.Dropped(DropReason.FilterError));
            hold.CountDropped(DropReason.FilterError);
            Log.FilterFailed(logger, hold.ConnectionId, hold.Url, outcome.Error);
        }

        return outcome;
    }
}
