using System.Buffers;
using System.IO.Pipelines;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Streams;

/// <summary>
/// Writes what is queued to the client. Runs on demand and ends when nothing waits; the queue sees to it that one runs at a time. Pieces
/// that wait together are written together. Knows nothing of channels.
/// </summary>
internal sealed partial class StreamHoldWriter(string connectionId, PipeWriter output, OutboundQueue queue, ILogger logger)
{
    // Enough that joined pieces fill packets, little enough that a burst does not grow the pipe's buffers without end.
    private const int FlushBytes = 64 * 1024;

    /// <summary>Writes until nothing waits. Never throws.</summary>
    /// <param name="opening">What comes before all items: the initial body, sent even if it is empty so that the head goes out; else null.</param>
    /// <returns>Null, or why the client cannot be written to any more; then the writer stays claimed and no other one starts.</returns>
    public async ValueTask<CloseReason?> RunAsync(ReadOnlyMemory<byte>? opening = null)
    {
        try
        {
            if (opening is not null && !await FlushAsync(opening.Value))
                return CloseReason.Client;
            var unflushed = 0;
            while (queue.TryTake(out var piece))
            {
                unflushed += piece.Length;
                if (unflushed < FlushBytes && queue.HasMore)
                {
                    output.Write(piece.Span);
                    continue;
                }

                unflushed = 0;
                if (!await FlushAsync(piece))
                    return CloseReason.Client;
            }

            return null;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The connection broke under the write: what a reset looks like from here.
            return CloseReason.Client;
        }
        catch (Exception error)
        {
            Log.WriteFailed(logger, connectionId, error);
            return CloseReason.Error;
        }
    }

    private async ValueTask<bool> FlushAsync(ReadOnlyMemory<byte> piece)
    {
        output.Write(piece.Span);
        var flush = await output.FlushAsync();
        return !flush.IsCanceled && !flush.IsCompleted;
    }
}
