using System.Buffers;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.WebSockets;

/// <summary>
/// Writes to the client: what is queued, one drain at a time as the queue sees to, and what is relayed. Neither cuts into a message of the other.
/// Owned by the hold's run; the queue's writer and the relay's reader call it.
/// </summary>
internal sealed class ClientSide(
    IWebSocketClient client, OutboundQueue queue, WebSocketActivity activity, DeliveryInstruments instruments, HeldTransport transport)
{
    // Enough that joined pieces fill packets, little enough that a buffer of the pool holds them.
    private const int JoinBytes = 64 * 1024;

    private readonly ClientTurn _turn = new();
    private readonly Lock _gate = new();
    private volatile TaskCompletionSource? _idle;

    // When the oldest timed piece of what is being written was published, or 0. Owned by the queue's writer.
    private long _publishedAt;
    private bool _isMessageOpen;
    private volatile bool _isClosed;
    private volatile bool _keepsOrder;
    private bool _isOver;

    private enum Drained
    {
        Empty,
        Closed,
        Broken,
    }

    /// <summary>True once the close frame is with the client, or on its way.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>True once nobody writes from the queue any more.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
                return _isOver;
        }
    }

    /// <summary>
    /// True: a message of the origin does not overtake what waits in the queue. It may be the answer to what was missing behind that (LOG-08).
    /// </summary>
    public bool KeepsOrder
    {
        get => _keepsOrder;
        set => _keepsOrder = value;
    }

    /// <summary>For the reader of the origin: one part of what it says. False: nothing may be relayed any more, or nothing reaches the client.</summary>
    public async ValueTask<bool> RelayAsync(WebSocketPart part)
    {
        if (_keepsOrder && part is { IsMessage: true, IsFirst: true })
            await WhenIdle();
        if (!await _turn.BeginPartAsync())
            return false;
        var isOpen = part.IsMessage ? !part.IsLast : _isMessageOpen;
        activity.NoteSent(part);
        try
        {
            return await client.WriteAsync(part);
        }
        finally
        {
            _isMessageOpen = isOpen;
            _turn.EndPart(isOpen);
        }
    }

    /// <summary>A close frame is in the queue: the relay finishes what it has begun.</summary>
    public void BeginClosing() => _turn.BeginClosing();

    /// <inheritdoc cref="ClientTurn.Abandon"/>
    public bool AbandonMessage() => _turn.Abandon();

    /// <summary>
    /// For who was named writer of the queue: writes until nothing waits. If nothing can be written any more, or the close frame was, the caller
    /// stays the writer and no other one starts. Never throws itself; the task fails only by what a piece throws.
    /// </summary>
    /// <returns>False: nothing reaches the client any more.</returns>
    public Task<bool> DrainAsync()
    {
        var isInTurn = false;
        try
        {
            // What stands alone and is taken at once, as nearly all is, costs no state machine.
            while (queue.TryTake(out var piece, out var hasMore))
            {
                isInTurn = !hasMore && piece is { Late: null, Bytes.IsEmpty: false } && _turn.TryEnter();
                if (!isInTurn)
                    return EndAsync(WriteAllAsync(piece));
                activity.NoteSent(messages: 1, piece.Bytes.Length);
                var sending = client.SendAsync(piece.Bytes);
                if (!sending.IsCompletedSuccessfully)
                    return EndAsync(WriteAllAsync(sending, piece.PublishedAt));
                var isSent = sending.Result;
                _turn.Exit();
                isInTurn = false;
                if (!isSent)
                    return Task.FromResult(End(Drained.Broken));
                instruments.Written(transport, piece.PublishedAt);
            }

            return Task.FromResult(End(Drained.Empty));
        }
        catch (Exception error)
        {
            if (isInTurn)
                _turn.Exit();
            End(Drained.Broken);
            return Task.FromException<bool>(error);
        }
    }

    /// <summary>Waits until nobody writes from the queue, and lets nobody do so any more.</summary>
    public async Task StopAsync()
    {
        while (!IsOver && !queue.TryClaimWriter())
            await WhenIdle();
    }

    /// <summary>Waits until nobody writes from the queue, which may be different again a moment later.</summary>
    private Task WhenIdle()
    {
        lock (_gate)
        {
            if (_isOver)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var idle = _idle;
            // Before the queue is asked: a writer that ends after that sees that somebody waits.
            if (!queue.HasWriter)
                NoteIdle();
            return idle.Task;
        }
    }

    private async Task<bool> EndAsync(ValueTask<Drained> work)
    {
        var end = Drained.Broken;
        try
        {
            end = await work;
        }
        finally
        {
            End(end);
        }

        return end != Drained.Broken;
    }

    private bool End(Drained end)
    {
        // Most often nobody waits, and no lock is needed to see it.
        if (end != Drained.Empty || _idle is not null)
        {
            lock (_gate)
            {
                _isOver |= end != Drained.Empty;
                NoteIdle();
            }
        }

        return end != Drained.Broken;
    }

    /// <summary>Under the lock.</summary>
    private void NoteIdle()
    {
        _idle?.SetResult();
        _idle = null;
    }

    private async ValueTask<Drained> WriteAllAsync(ValueTask<bool> sending, long publishedAt)
    {
        try
        {
            if (!await sending)
                return Drained.Broken;
            instruments.Written(transport, publishedAt);
        }
        finally
        {
            _turn.Exit();
        }

        return queue.TryTake(out var piece) ? await WriteAllAsync(piece) : Drained.Empty;
    }

    private async ValueTask<Drained> WriteAllAsync(OutboundPiece piece)
    {
        do
        {
            if (piece.Late is ClosePiece close)
            {
                await _turn.EnterForCloseAsync();
                _isClosed = true;
                var part = new WebSocketPart(WebSocketPartKind.Close, close.Content);
                activity.NoteSent(part);
                return await client.WriteAsync(part) ? Drained.Closed : Drained.Broken;
            }

            var bytes = piece.Late is null ? piece.Bytes : await piece.Late.MakeAsync();
            if (bytes.IsEmpty)
                continue;
            if (!await _turn.EnterAsync())
            {
                (piece.Late as FollowedPiece)?.NoteDropped(DropReason.ConnectionClosed);
                continue;
            }

            activity.NoteSent(messages: 1, bytes.Length);
            try
            {
                _publishedAt = piece.PublishedAt;
                if (!await SendAsync(bytes))
                    return Drained.Broken;
                (piece.Late as FollowedPiece)?.NoteWritten();
                instruments.Written(transport, _publishedAt);
            }
            finally
            {
                _turn.Exit();
            }
        }
        while (queue.TryTake(out piece));

        return Drained.Empty;
    }

    /// <summary>Writes a piece, and together with it those behind it that are ready.</summary>
    private async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> first)
    {
        if (!queue.TryTakeAlong(JoinBytes - first.Length, out var next))
            return await client.SendAsync(first);
        var buffer = ArrayPool<byte>.Shared.Rent(JoinBytes);
        try
        {
            first.CopyTo(buffer);
            var count = first.Length;
            do
            {
                next.Bytes.CopyTo(buffer.AsMemory(count));
                count += next.Bytes.Length;
                activity.NoteSent(messages: 1, next.Bytes.Length);
                if (_publishedAt == 0)
                    _publishedAt = next.PublishedAt;
            }
            while (queue.TryTakeAlong(JoinBytes - count, out next));
            return await client.SendAsync(buffer.AsMemory(0, count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
