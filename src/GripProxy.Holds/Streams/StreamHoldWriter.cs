using System.Buffers;
using System.IO.Pipelines;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Tracing;
using GripProxy.Channels.Traffic;

namespace GripProxy.Holds.Streams;

/// <summary>
/// Writes what is queued to the client. Runs on demand and ends when nothing waits; the queue sees to it that one runs at a time. Pieces
/// that wait together are written together; they were framed when they were queued. Knows nothing of channels.
/// </summary>
internal sealed partial class StreamHoldWriter(StreamHold hold)
{
    // Enough that joined pieces fill packets, little enough that a burst does not grow the pipe's buffers without end.
    private const int FlushBytes = 64 * 1024;

    // What a trace wants to know of and is not flushed yet.
    private List<FollowedPiece>? _followed;

    // When the oldest timed piece was published that is not flushed yet, or 0.
    private long _publishedAt;

    // The client cannot be written to any more; whoever was the writer last stays it.
    private bool _isBroken;

    /// <summary>For the owner of the writer: writes and flushes one piece of content; an empty one sends what the response still keeps back. Never throws.</summary>
    /// <returns>Null, or why the client cannot be written to any more.</returns>
    public ValueTask<CloseReason?> WriteAsync(ReadOnlyMemory<byte> piece) => GuardAsync(FlushAsync(hold.WritesChunks ? Chunk.Of(piece) : piece));

    /// <summary>Writes until nothing waits, and is the writer no longer then; ends the hold if the client cannot be written to. Never faults.</summary>
    public Task RunAsync()
    {
        var work = DrainAsync();
        if (!work.IsCompletedSuccessfully)
            return EndAsync(work);
        End(work.Result);
        return Task.CompletedTask;
    }

    /// <summary>Makes the caller the writer, once everything that passed is written or cannot be.</summary>
    public async Task ClaimAsync()
    {
        while (true)
        {
            Task idle;
            lock (hold.Gate)
            {
                if (_isBroken || hold.Backlog.TryClaimWriter())
                    return;
                idle = hold.NextChange();
            }

            await idle;
        }
    }

    private async Task EndAsync(ValueTask<CloseReason?> work) => End(await work);

    private void End(CloseReason? broken)
    {
        // Most often: who waits for the writer has moved the phase on before, so no lock is needed to see it.
        if (broken is null && hold.IsHeld)
            return;
        lock (hold.Gate)
        {
            if (broken is not null)
            {
                _isBroken = true;
                hold.BeginEnd(broken.Value);
            }

            if (!hold.IsHeld)
                hold.Signal();
        }
    }

    /// <summary>Never throws.</summary>
    /// <returns>Null, or why the client cannot be written to any more; then the writer stays claimed and no other one starts.</returns>
    private ValueTask<CloseReason?> DrainAsync()
    {
        try
        {
            // What stands alone and is taken at once, as nearly all is, costs no state machine.
            while (hold.Backlog.TryTake(out var piece, out var hasMore))
            {
                if (hasMore || piece.Late is not null)
                    return GuardAsync(DrainAsync(piece, hasMore));
                _publishedAt = piece.PublishedAt;
                var flush = Flush(piece.Bytes);
                if (!flush.IsCompletedSuccessfully)
                    return GuardAsync(DrainAsync(flush));
                if (Note(flush.Result) is { } broken)
                    return new ValueTask<CloseReason?>(broken);
            }

            return default;
        }
        catch (Exception error)
        {
            return new ValueTask<CloseReason?>(ReasonOf(error));
        }
    }

    private async ValueTask<CloseReason?> DrainAsync(ValueTask<FlushResult> flush)
    {
        if (Note(await flush) is { } broken)
            return broken;
        return hold.Backlog.TryTake(out var piece, out var hasMore) ? await DrainAsync(piece, hasMore) : null;
    }

    private async ValueTask<CloseReason?> DrainAsync(OutboundPiece piece, bool hasMore)
    {
        var unflushed = 0;
        do
        {
            // A filter may wait for the origin; what stands before it shall not.
            if (piece.Late is { MayWait: true } && unflushed > 0)
            {
                unflushed = 0;
                if (await FlushAsync(default) is { } stuck)
                    return stuck;
            }

            var bytes = piece.Bytes;
            if (piece.Late is not null)
            {
                bytes = await piece.Late.MakeAsync();
                hasMore = hold.Backlog.HasMore;
            }

            if (piece.Late is FollowedPiece followed)
                (_followed ??= []).Add(followed);
            if (_publishedAt == 0)
                _publishedAt = piece.PublishedAt;
            unflushed += bytes.Length;
            if (unflushed < FlushBytes && hasMore)
            {
                Write(bytes);
                continue;
            }

            unflushed = 0;
            if (await FlushAsync(bytes) is { } broken)
                return broken;
        }
        while (hold.Backlog.TryTake(out piece, out hasMore));

        return null;
    }

    private async ValueTask<CloseReason?> FlushAsync(ReadOnlyMemory<byte> piece) => Note(await Flush(piece));

    /// <summary>A piece that stands alone goes to the client as it is, without a copy.</summary>
    private ValueTask<FlushResult> Flush(ReadOnlyMemory<byte> piece)
    {
        Count(piece);
        return piece.IsEmpty ? hold.Output.FlushAsync() : hold.Output.WriteAsync(piece);
    }

    private CloseReason? Note(FlushResult flush)
    {
        if (flush.IsCanceled || flush.IsCompleted)
            return CloseReason.Client;
        NoteWritten();
        return null;
    }

    private void Write(ReadOnlyMemory<byte> bytes)
    {
        hold.Output.Write(bytes.Span);
        Count(bytes);
    }

    private void Count(ReadOnlyMemory<byte> bytes)
    {
        if (hold.Traffic is { CountsBytes: true } route)
            route.Add(TrafficCount.ClientContentBytesSent, bytes.Length);
    }

    private void NoteWritten()
    {
        hold.Parts.Instruments.Written(HeldTransport.Stream, _publishedAt);
        _publishedAt = 0;
        if (_followed is null)
            return;
        foreach (var piece in _followed)
            piece.NoteWritten();
        _followed = null;
    }

    private async ValueTask<CloseReason?> GuardAsync(ValueTask<CloseReason?> work)
    {
        try
        {
            return await work;
        }
        catch (Exception error)
        {
            return ReasonOf(error);
        }
    }

    private CloseReason ReasonOf(Exception error)
    {
        // The connection broke under the write: what a reset looks like from here.
        if (error is IOException or OperationCanceledException)
            return CloseReason.Client;
        Log.WriteFailed(hold.Parts.Logger, hold.ConnectionId, error);
        return CloseReason.Error;
    }
}
