using System.Buffers;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;

namespace GripProxy.Holds.Resuming;

/// <summary>
/// Stands in the queue of a hold where a page of a log is to be written: so the log is read at the client's speed, and what is read does not count
/// against the queue (LOG-02). Immutable.
/// </summary>
internal sealed class ReplayPiece(LogReader reader, Subscription subscription, LogCursor cursor) : LatePiece
{
    private const int PageItems = 128;
    private const long PageBytes = 64 * 1024;

    /// <summary>How many of the newest items are looked through for one that the client may have (LOG-10).</summary>
    private const int LatestItems = 64;

    /// <inheritdoc/>
    public override bool MayWait => true;

    /// <inheritdoc/>
    public override async ValueTask<ReadOnlyMemory<byte>> MakeAsync()
    {
        if (!reader.IsReading(subscription, cursor))
            return default;
        var output = new ArrayBufferWriter<byte>();
        await ReadAsync(output);
        return output.WrittenMemory;
    }

    private static LogPlace PlaceOf(Position position) => new(ResumeOutcome.Resumed, position);

    private async ValueTask ReadAsync(ArrayBufferWriter<byte> output)
    {
        if (cursor.At is { } at)
        {
            await ReadPageAsync(reader.Begin(cursor, PlaceOf(at)), output);
        }
        else if (cursor.AfterId is { } id)
        {
            var place = await reader.Log.FindAsync(subscription.Channel, id);
            if (place.Outcome == ResumeOutcome.Resumed)
                await ReadPageAsync(reader.Begin(cursor, place), output);
            else
                reader.Lose(subscription, cursor, place.Outcome);
        }
        else if (cursor.FromLatest)
        {
            await ReadLatestAsync(output);
        }
        else if (await reader.Log.GetStateAsync(subscription.Channel) is { } state)
        {
            var begin = reader.Begin(cursor, PlaceOf(state.Newest));
            reader.Open(subscription, cursor, output);
            reader.GoOn(subscription, cursor, begin);
        }
        else
        {
            reader.Lose(subscription, cursor, ResumeOutcome.Unavailable);
        }
    }

    private async ValueTask ReadPageAsync(Position after, ArrayBufferWriter<byte> output)
    {
        var page = await reader.Log.ReadAsync(subscription.Channel, after, PageItems, PageBytes);
        if (page.Outcome != ResumeOutcome.Resumed)
        {
            reader.Lose(subscription, cursor, page.Outcome);
            return;
        }

        reader.Open(subscription, cursor, output);
        foreach (var item in page.Items)
        {
            if (!await reader.ReplayAsync(subscription, cursor, item, output))
                return;
        }

        reader.GoOn(subscription, cursor, page.Newest);
    }

    private async ValueTask ReadLatestAsync(ArrayBufferWriter<byte> output)
    {
        var page = await reader.Log.ReadNewestAsync(subscription.Channel, LatestItems);
        if (page.Outcome != ResumeOutcome.Resumed)
        {
            reader.Lose(subscription, cursor, page.Outcome);
            return;
        }

        var begin = reader.Begin(cursor, PlaceOf(page.Newest));
        reader.Open(subscription, cursor, output);
        foreach (var item in page.Items)
        {
            // What came after the hold was joined comes in its turn.
            if (item.Position!.Value.Offset > begin.Offset) // Kept items have one.
                continue;
            var before = output.WrittenCount;
            if (!await reader.ReplayAsync(subscription, cursor, item, output))
                return;
            if (output.WrittenCount > before)
                break;
        }

        cursor.MoveTo(begin);
        reader.GoOn(subscription, cursor, page.Newest);
    }
}
