using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Response;

/// <summary>
/// Answers a long-poll with what its client missed, from the logs of its channels; what they do not have, the origin is asked for (LOG-06). Stateless; what is
/// read is read outside the hold's lock.
/// </summary>
internal static partial class ResponseLog
{
    private const int PageItems = 64;
    private const long PageBytes = 64 * 1024;

    /// <summary>Reads on all channels where the client missed something, until one has an answer. Never faults.</summary>
    public static async Task ReadAsync(ResponseHold hold)
    {
        try
        {
            foreach (var channel in hold.Channels)
            {
                if (channel.Subscription.Cursor is { IsReading: true } cursor)
                    await ReadAsync(hold, channel.Subscription, cursor);
            }
        }
        catch (OperationCanceledException)
        {
            // The hold has ended meanwhile.
        }
        catch (Exception error)
        {
            Log.ReadingFailed(hold.Parts.Logger, hold.ConnectionId, error);
            hold.End(CloseReason.Error);
        }
    }

    /// <summary>
    /// What becomes of an item that is left to the log: the hold reads there already, or (<see cref="CursorVerdict.Gap"/>) is to begin, because something is
    /// missing before it. Null: it is not. Under the lock.
    /// </summary>
    /// <param name="subscription">Where it comes from.</param>
    /// <param name="item">The item.</param>
    /// <param name="isBusy">True: earlier items wait for their filters, so it has to wait behind them.</param>
    public static CursorVerdict? TryLeave(Subscription subscription, Item item, bool isBusy)
    {
        var begins = subscription.Cursor is null;
        if (begins && (isBusy || !Begin(subscription, item)))
            return null;
        var verdict = Note(subscription.Cursor!, item); // There, or made just now.
        return begins ? CursorVerdict.Gap : verdict;
    }

    /// <summary>Something is missing before an item whose turn has come: where to read, or null: the log does not help.</summary>
    public static LogCursor? TryBegin(ResponseHold hold, Subscription subscription, Item item)
    {
        lock (hold.Gate)
        {
            if (subscription.Cursor is not null || !Begin(subscription, item))
                return null;
            Note(subscription.Cursor!, item); // Made just now.
            return subscription.Cursor;
        }
    }

    /// <summary>Reads on one channel. Throws only what ends the hold.</summary>
    public static async ValueTask ReadAsync(ResponseHold hold, Subscription subscription, LogCursor cursor)
    {
        var place = await FindPlaceAsync(hold, subscription, cursor);
        if (place.Outcome != ResumeOutcome.Resumed)
        {
            hold.EndForRetry(place.Outcome.ToRecovery());
            return;
        }

        var after = place.Position;

        while (true)
        {
            var page = await hold.Parts.Log.ReadAsync(subscription.Channel, after, PageItems, PageBytes);
            if (page.Outcome != ResumeOutcome.Resumed)
            {
                hold.EndForRetry(page.Outcome.ToRecovery());
                return;
            }

            foreach (var item in page.Items)
            {
                if (await EndsAsync(hold, subscription, cursor, item))
                    return;
                after = item.Position!.Value; // Items of a log have one.
            }

            if (TryEndReading(hold, subscription, cursor, page.Newest))
                return;
        }
    }

    private static bool Begin(Subscription subscription, Item item)
    {
        if (subscription.PrevId is not { } prevId || prevId == item.PrevId || item.Position is null || !subscription.Rule.HasLog)
            return false;
        subscription.Cursor = LogCursor.After(prevId, fillsGap: true);
        return true;
    }

    private static CursorVerdict Note(LogCursor cursor, Item item) =>
        cursor.Judge(item, item.HttpResponse!.Action == ItemAction.Send, before: 0); // Only items with this format are offered.

    private static async ValueTask<LogPlace> FindPlaceAsync(ResponseHold hold, Subscription subscription, LogCursor cursor)
    {
        if (cursor.At is { } at)
            return new LogPlace(ResumeOutcome.Resumed, at);
        var place = await hold.Parts.Log.FindAsync(subscription.Channel, cursor.AfterId!); // A poll begins at one of the two.
        if (place.Outcome != ResumeOutcome.Resumed)
            return place;
        lock (hold.Gate)
            cursor.MoveTo(place);
        return place;
    }

    /// <summary>Looks at one item of the log. True: it ended the hold, or something else has.</summary>
    private static async ValueTask<bool> EndsAsync(ResponseHold hold, Subscription subscription, LogCursor cursor, Item item)
    {
        bool isOver;
        FilterInput? input;
        lock (hold.Gate)
        {
            input = hold.IsOver ? null : TryTake(hold, subscription, cursor, item);
            isOver = hold.IsOver;
        }

        if (isOver)
            hold.Drain();
        if (isOver || input is null)
            return isOver;
        if (await ResponseFilters.RunAsync(hold, subscription, item, input.Value) is not { } ending)
            return false;
        hold.End(ending with { IsFromLog = true });
        return true;
    }

    /// <summary>What filters get of an item that is for the client, or null: it is not. Under the lock.</summary>
    private static FilterInput? TryTake(ResponseHold hold, Subscription subscription, LogCursor cursor, Item item)
    {
        if (cursor.IsCutOff(item, subscription.PrevId))
        {
            hold.TakeRetry();
            return null;
        }

        var isKnown = cursor.IsKnown(item, subscription.PrevId);
        cursor.MoveTo(item.Position!.Value); // Items of a log have one.
        if (isKnown || item.HttpResponse is null)
        {
            ResponseHold.Skip(subscription, item);
            return null;
        }

        if (hold.Screen(subscription, item, item.HttpResponse) is not null)
            return null;
        return subscription.Filters is { } chain ? hold.FilterInputOf(chain, item) : default(FilterInput);
    }

    private static bool TryEndReading(ResponseHold hold, Subscription subscription, LogCursor cursor, Position newest)
    {
        var drains = new DrainBatch();
        lock (hold.Gate)
        {
            if (hold.IsOver)
                return true;
            if (!cursor.TryEndReading(newest))
                return false;
            subscription.Cursor = null;
            foreach (var item in cursor.TakeBesides())
                hold.Judge(subscription, item, drains);
        }

        drains.Run();
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(3052, LogLevel.Error, "reading the log for {ConnectionId} failed", EventName = "PollReadingFailed")]
        public static partial void ReadingFailed(ILogger logger, string connectionId, Exception exception);
    }
}
