using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Response;

/// <summary>Takes the items of a long-poll through the filters that may take time. Stateless; calls the hold outside its lock.</summary>
internal static partial class ResponseFilters
{
    /// <summary>Takes the waiting items through their filters, one after the other, until one ends the hold or none is left. Never faults.</summary>
    public static async Task RunAsync(ResponseHold hold)
    {
        try
        {
            while (hold.TryTakeWaiting(out var subscription, out var item, out var input))
            {
                if (await FilterAsync(hold, subscription, item, input) is { } ending)
                    hold.End(ending);
            }
        }
        catch (OperationCanceledException)
        {
            // The hold has ended meanwhile.
        }
        catch (Exception error)
        {
            Log.FilteringFailed(hold.Parts.Logger, hold.ConnectionId, error);
            hold.End(CloseReason.Error);
        }
    }

    /// <summary>Makes the end of the hold of an item. Null: the hold goes on.</summary>
    public static async ValueTask<ResponseEnding?> RunAsync(ResponseHold hold, Subscription subscription, Item item, FilterInput input)
    {
        var format = item.HttpResponse!; // Only items with this format come here.
        if (format.Action != ItemAction.Send || subscription.Filters is not { Rest.Count: > 0 } chain)
            return ResponseEnding.Of(item, format);
        var reply = ResponseMerge.Apply(hold.Template, format);
        var trail = FollowedItem.TrailOf(item);
        var outcome = await hold.Parts.Filters.RunAsync(chain, input, reply.Body, hold, trail);
        // After an error the prev-id stays, so that the next item shows the gap.
        if (outcome.Error is not null)
            return hold.Debug ? ResponseEnding.Failure($"filter error: {outcome.Error}") : null;
        if (outcome.DroppedBy is null)
            return new ResponseEnding(CloseReason.Published, Answer: reply with { Body = outcome.Content }, Trail: trail);
        lock (hold.Gate)
            ResponseHold.Skip(subscription, item);
        return null;
    }

    private static async ValueTask<ResponseEnding?> FilterAsync(ResponseHold hold, Subscription subscription, Item item, FilterInput input)
    {
        if (ResponseHold.Follows(subscription, item))
            return await RunAsync(hold, subscription, item, input);
        if (ResponseLog.TryBegin(hold, subscription, item) is { } cursor)
        {
            await ResponseLog.ReadAsync(hold, subscription, cursor);
            return null;
        }

        subscription.IsBehind(); // Only so that the channel forgets its last id.
        return ResponseEnding.Retry(RecoveryReason.PrevId);
    }
}
