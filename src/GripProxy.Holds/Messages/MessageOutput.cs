using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Timing;
using GripProxy.Channels.Tracing;
using GripProxy.Holds.WebSockets;

namespace GripProxy.Holds.Messages;

/// <summary>
/// What goes to the client: the queue, its one writer, and how the connection ends. What has to be done outside the locks of channels is noted, and
/// <see cref="Work"/> does it afterwards. Guarded by its own lock.
/// </summary>
internal sealed partial class MessageOutput
{
    /// <summary>Time for the last words to be taken: whoever needs longer does not read.</summary>
    public static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    // The end always finds room, and a page of a log.
    private static readonly ChannelRule Unbounded = new("*", OverflowPolicy.DropNewest, int.MaxValue);

    private readonly Lock _gate = new();
    private readonly OutboundQueue _queue = new();
    private readonly TaskCompletionSource<CloseReason> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _connectionId;
    private readonly IMessageClient _client;
    private readonly WebSocketActivity _activity;
    private readonly HoldParts _parts;
    private readonly WheelTimer _closeLimit;
    private EndSignal _end;
    private CloseReason? _ending;
    private bool _mustWrite = true; // A new queue waits for its writer.

    public MessageOutput(string connectionId, IMessageClient client, WebSocketActivity activity, HoldParts parts)
    {
        _connectionId = connectionId;
        _client = client;
        _activity = activity;
        _parts = parts;
        _closeLimit = new WheelTimer(static output => ((MessageOutput)output).Cut(), this);
    }

    /// <summary>Completes when nothing reaches the client any more; says why.</summary>
    public Task<CloseReason> Ended => _ended.Task;

    /// <summary>True once an end is on its way.</summary>
    public bool IsEnding
    {
        get
        {
            lock (_gate)
                return _ending is not null;
        }
    }

    /// <summary>Why it ends, or would now.</summary>
    public CloseReason EndReason
    {
        get
        {
            lock (_gate)
                return _ending ?? CloseReason.Error;
        }
    }

    /// <summary>True if <see cref="Work"/> has something to do.</summary>
    public bool HasWork
    {
        get
        {
            lock (_gate)
                return _mustWrite;
        }
    }

    /// <summary>Bytes that wait to be written.</summary>
    public long QueuedBytes => _queue.Bytes;

    /// <summary>Puts bytes into the queue, or something that makes them. Null: the connection ends. Full queues are the caller's affair.</summary>
    public EnqueueResult? Enqueue(ReadOnlyMemory<byte> bytes, ChannelRule rule, LatePiece? late, bool mayPushOut, long publishedAt = 0)
    {
        lock (_gate)
        {
            if (_ending is not null)
                return null;
            var result = _queue.Enqueue(bytes, rule, late, mayPushOut, publishedAt);
            _mustWrite |= result == EnqueueResult.StartWriter;
            return result;
        }
    }

    /// <summary>Puts something into the queue that always finds room, because there is one at a time of it for each channel.</summary>
    public void AddAlways(LatePiece piece) => Enqueue(default, Unbounded, piece, mayPushOut: false);

    /// <summary>Puts bytes into the queue that are no item. False: they find no room.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> bytes) =>
        bytes.IsEmpty || Enqueue(bytes, ChannelRule.Default, late: null, mayPushOut: false) is not (EnqueueResult.Overflow or EnqueueResult.Dropped);

    /// <summary>How many pieces went for newer ones since it was asked last.</summary>
    public int TakePushedOut() => _queue.TakePushedOut();

    /// <summary>
    /// The connection ends after what waits already; if the client is too slow for that, instead of it. Only the first reason counts; false: it is
    /// another one.
    /// </summary>
    /// <param name="reason">Why.</param>
    /// <param name="text">What the client is told, or empty.</param>
    /// <param name="lastWords">Messages that go before, or none.</param>
    public bool BeginEnd(CloseReason reason, string text, ReadOnlyMemory<byte> lastWords = default)
    {
        lock (_gate)
        {
            if (_ending is not null)
                return false;
            _ending = reason;
            if (reason == CloseReason.Overflow)
                _queue.Clear();
            if (!lastWords.IsEmpty)
                _mustWrite |= _queue.Enqueue(lastWords, Unbounded) == EnqueueResult.StartWriter;
            _mustWrite |= _queue.Enqueue(default, Unbounded, new EndPiece(text)) == EnqueueResult.StartWriter;
        }

        _parts.Wheel.Schedule(_closeLimit, CloseLimit);
        return true;
    }

    /// <summary>Ends everything at once; the first reason counts. Thread-safe, may be called again.</summary>
    public void Cut(CloseReason reason = CloseReason.Error)
    {
        lock (_gate)
        {
            _ending ??= reason;
            reason = _ending.Value;
        }

        _parts.Wheel.Cancel(_closeLimit);
        _end.Fire();
        _client.Abort();
        _ended.TrySetResult(reason);
    }

    /// <summary>For the end of the hold: what waits now is never written, and whoever follows it hears so.</summary>
    public void Forget() => _queue.Clear();

    /// <summary>Fires when nothing can reach the client any more.</summary>
    public CancellationToken GetEndToken() => _end.Token;

    /// <summary>Does what was left to do. Outside all locks; never throws.</summary>
    public void Work()
    {
        lock (_gate)
        {
            if (!_mustWrite)
                return;
            _mustWrite = false;
        }

        _ = WriteAsync();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (_queue.TryTake(out var piece))
            {
                if (piece.Late is EndPiece end)
                {
                    await _client.CloseAsync(EndReason, end.Text);
                    Cut();
                    return;
                }

                if (!await WriteAsync(piece))
                {
                    Cut(CloseReason.Client);
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // A filter was waiting for its origin when the connection was cut.
        }
        catch (Exception error)
        {
            Log.WriteFailed(_parts.Logger, _connectionId, error);
            Cut(CloseReason.Error);
        }
    }

    private async ValueTask<bool> WriteAsync(OutboundPiece piece)
    {
        var bytes = piece.Late is null ? piece.Bytes : await piece.Late.MakeAsync();
        if (bytes.IsEmpty)
            return true;
        _activity.NoteSent(messages: 1, bytes.Length);
        if (!await _client.SendAsync(bytes))
        {
            (piece.Late as FollowedPiece)?.NoteDropped(DropReason.ConnectionClosed);
            return false;
        }

        (piece.Late as FollowedPiece)?.NoteWritten();
        _parts.Instruments.Written(Channels.Connections.HeldTransport.SignalR, piece.PublishedAt);
        return true;
    }
}
