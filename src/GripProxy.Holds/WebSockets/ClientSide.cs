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
    private TaskCompletionSource? _idle;

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
    /// stays the writer and no other one starts. Throws only what a piece throws.
    /// </summary>
    /// <returns>False: nothing reaches the client any more.</returns>
    public async Task<bool> DrainAsync()
    {
        var end = Drained.Broken;
        try
        {
            end = await WriteAllAsync();
            return end != Drained.Broken;
        }
        finally
        {
            lock (_gate)
            {
                _isOver |= end != Drained.Empty;
                _idle?.SetResult();
                _idle = null;
            }
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
            if (_isOver || !queue.HasWriter)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    private async Task<Drained> WriteAllAsync()
    {
        while (queue.TryTake(out var piece))
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
