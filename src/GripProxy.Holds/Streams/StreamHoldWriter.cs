using System.Buffers;
using System.IO.Pipelines;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Tracing;
using GripProxy.Channels.Traffic;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Streams;

/// <summary>
/// Writes what is queued to the client. Runs on demand and ends when nothing waits; the queue sees to it that one runs at a time. Pieces
/// that wait together are written together; they were framed when they were queued. Knows nothing of channels.
/// </summary>
internal sealed partial class StreamHoldWriter(
    StreamHold hold, PipeWriter output, OutboundQueue queue, DeliveryInstruments instruments, ILogger logger)
{
    // Enough that joined pieces fill packets, little enough that a burst does not grow the pipe's buffers without end.
    private const int FlushBytes = 64 * 1024;

    // What a trace wants to know of and is not flushed yet.
    private List<FollowedPiece>? _followed;

    // When the oldest timed piece was published that is not flushed yet, or 0.
    private long _publishedAt;

    /// <summary>For the owner of the writer: writes and flushes one piece of content; an empty one sends what the response still keeps back. Never throws.</summary>
    /// <returns>Null, or why the client cannot be written to any more.</returns>
    public ValueTask<CloseReason?> WriteAsync(ReadOnlyMemory<byte> piece) => GuardAsync(FlushAsync(hold.Request.WritesChunks ? Chunk.Of(piece) : piece));

    /// <summary>Writes until nothing waits, and is the writer no longer then. Never throws.</summary>
    /// <returns>Null, or why the client cannot be written to any more; then the writer stays claimed and no other one starts.</returns>
    public ValueTask<CloseReason?> RunAsync() => GuardAsync(DrainAsync());

    private async ValueTask<CloseReason?> DrainAsync()
    {
        var unflushed = 0;
        while (queue.TryTake(out var piece))
        {
            // A filter may wait for the origin; what stands before it shall not.
            if (piece.Late is { MayWait: true } && unflushed > 0)
            {
                unflushed = 0;
                if (await FlushAsync(default) is { } stuck)
                    return stuck;
            }

            var bytes = piece.Late is null ? piece.Bytes : await piece.Late.MakeAsync();
            if (piece.Late is FollowedPiece followed)
                (_followed ??= []).Add(followed);
            if (_publishedAt == 0)
                _publishedAt = piece.PublishedAt;
            unflushed += bytes.Length;
            if (unflushed < FlushBytes && queue.HasMore)
            {
                Write(bytes);
                continue;
            }

            unflushed = 0;
            if (await FlushAsync(bytes) is { } broken)
                return broken;
        }

        return null;
    }

    private async ValueTask<CloseReason?> FlushAsync(ReadOnlyMemory<byte> piece)
    {
        Count(piece);
        // A piece that stands alone goes to the client as it is, without a copy.
        var flush = piece.IsEmpty ? await output.FlushAsync() : await output.WriteAsync(piece);
        if (flush.IsCanceled || flush.IsCompleted)
            return CloseReason.Client;
        NoteWritten();
        return null;
    }

    private void Write(ReadOnlyMemory<byte> bytes)
    {
        output.Write(bytes.Span);
        Count(bytes);
    }

    private void Count(ReadOnlyMemory<byte> bytes)
    {
        if (hold.Request.Live?.Route is { CountsBytes: true } route)
            route.Add(TrafficCount.ClientContentBytesSent, bytes.Length);
    }

    private void NoteWritten()
    {
        instruments.Written(HeldTransport.Stream, _publishedAt);
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
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The connection broke under the write: what a reset looks like from here.
            return CloseReason.Client;
        }
        catch (Exception error)
        {
            Log.WriteFailed(logger, hold.ConnectionId, error);
            return CloseReason.Error;
        }
    }
}
