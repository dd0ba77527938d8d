using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>
/// What a client sends: read ahead by its <see cref="SocketReceiver"/>, also while nobody reads, until too much waits to be looked at. Guarded by the
/// connection's lock; one reader at a time.
/// </summary>
#pragma warning disable CA1001 // The receiver is disposed of when nothing is received any more.
internal sealed class SocketInput(SocketConnection connection) : PipeReader, IValueTaskSource<ReadResult>
#pragma warning restore CA1001
{
    // What is read ahead of a reader that does not come.
    private const long PauseBytes = 128 * 1024;

    // A block with less room is not worth a system call.
    private const int LeastRoom = 1024;

    private SocketReceiver? _receiver;
    private BlockChain _blocks;
    private bool _isExamined = true;
    private bool _isPaused;
    private bool _isWaiting;
    private bool _isCanceled;
    private bool _isCompleted;
    private bool _isOver;
    private Exception? _error;
    private EndLatch _ended;
    private ManualResetValueTaskSourceCore<ReadResult> _wait;
    private CancellationTokenRegistration _cancellation;

    /// <summary>Completes when nothing is received any more and everybody knows.</summary>
    public Task Ended
    {
        get
        {
            lock (connection.Gate)
                return _ended.Wait();
        }
    }

    /// <summary>Begins to receive.</summary>
    public void Start()
    {
        _receiver = new SocketReceiver(connection, this);
        _receiver.Pump();
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        lock (connection.Gate)
            return TryReadNow(out result);
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        short version;
        lock (connection.Gate)
        {
            if (TryReadNow(out var result))
                return new ValueTask<ReadResult>(result);
            if (_isWaiting)
                throw new InvalidOperationException("The connection is being read already.");
            _wait.Reset();
            _isWaiting = true;
            version = _wait.Version;
        }

        if (cancellationToken.CanBeCanceled)
            _cancellation = cancellationToken.UnsafeRegister(static (input, token) => ((SocketInput)input!).CancelRead(token), this);
        return new ValueTask<ReadResult>(this, version);
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (connection.Gate)
        {
            if (consumed.GetObject() is not BlockSegment segment || _blocks.Tail is not { } tail)
                return;
            _isExamined = ReferenceEquals(examined.GetObject(), tail) && examined.GetInteger() == tail.End;
            while (!ReferenceEquals(_blocks.Head, segment))
                _blocks.ReturnHead();
            _blocks.Start = consumed.GetInteger();
            if (_blocks.Length == 0)
                _blocks.ReturnHead();
            if (!_isPaused || MustPause())
                return;
            _isPaused = false;
        }

        _receiver!.PumpLater(); // Who pauses has received.
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        ReadResult result;
        lock (connection.Gate)
        {
            if (!_isWaiting)
            {
                _isCanceled = true;
                return;
            }

            _isWaiting = false;
            result = ToResult(isCanceled: true);
        }

        ThreadPool.UnsafeQueueUserWorkItem(static wait => wait.Input._wait.SetResult(wait.Result), (Input: this, Result: result), preferLocal: false);
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        lock (connection.Gate)
        {
            _isCompleted = true;
            while (_blocks.Head is not null)
                _blocks.ReturnHead();
            if (!_isPaused)
                return;
            _isPaused = false;
        }

        End(null);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token)
    {
        _cancellation.Dispose();
        _cancellation = default;
        return _wait.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    /// <summary>For a connection that is aborted: a receive that waits hears of it by itself, one that pauses does not.</summary>
    public void Break()
    {
        lock (connection.Gate)
        {
            if (!_isPaused)
                return;
            _isPaused = false;
        }

        End(connection.AbortReason);
    }

    /// <summary>For the receiver: receives once, and tells the reader.</summary>
    public ReceiveStep Receive(out SocketError error)
    {
        ReceiveStep step;
        error = SocketError.Success;
        var mustTell = false;
        var result = default(ReadResult);
        lock (connection.Gate)
        {
            // Nothing would wake it after an abort.
            if (connection.AbortReason is null && MustPause())
            {
                _isPaused = true;
                return ReceiveStep.Pause;
            }

            step = _isCompleted ? ReceiveStep.Stop : Fill(out error);
            if (step != ReceiveStep.Stop && _isWaiting && !_isExamined)
            {
                _isWaiting = false;
                mustTell = true;
                result = ToResult(isCanceled: false);
            }
        }

        if (mustTell)
            _wait.SetResult(result);
        return step;
    }

    private ReceiveStep Fill(out SocketError error)
    {
        var tail = _blocks.Tail;
        var isNew = tail is null || tail.Free.Length < LeastRoom;
        var block = isNew ? new BlockSegment(connection.MemoryPool.Rent()) : tail!; // There, if it is not new.
        var room = block.Free.Span;
        int count;
        try
        {
            count = connection.Socket.Receive(room, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            (count, error) = (0, SocketError.OperationAborted);
        }

        if (count == 0)
        {
            if (isNew)
                block.Return();
            return error == SocketError.WouldBlock ? ReceiveStep.Wait : ReceiveStep.Stop;
        }

        block.End += count;
        if (isNew)
            _blocks.Link(block);
        _isExamined = false;
        // What has filled the block may go on.
        return count == room.Length ? ReceiveStep.Again : ReceiveStep.Wait;
    }

    private bool MustPause() => !_isCompleted && !_isExamined && _blocks.Length >= PauseBytes;

    private bool TryReadNow(out ReadResult result)
    {
        if (_error is not null)
            throw _error;
        var isCanceled = _isCanceled;
        _isCanceled = false;
        result = ToResult(isCanceled);
        return isCanceled || _isOver || !_isExamined;
    }

    private ReadResult ToResult(bool isCanceled) => new(
        _blocks.Tail is not { } tail ? default : new ReadOnlySequence<byte>(_blocks.Head!, _blocks.Start, tail, tail.End), isCanceled, _isOver); // A tail has a head.

    private void CancelRead(CancellationToken token)
    {
        lock (connection.Gate)
        {
            if (!_isWaiting)
                return;
            _isWaiting = false;
        }

        ThreadPool.UnsafeQueueUserWorkItem(
            static wait => wait.Input._wait.SetException(new OperationCanceledException(wait.Token)), (Input: this, Token: token), preferLocal: false);
    }

    /// <summary>For the receiver: nothing is received any more: the client has ended its sending (null), or the connection is broken.</summary>
    public void End(Exception? error)
    {
        bool mustTell;
        ReadResult result;
        lock (connection.Gate)
        {
            if (_isOver)
                return;
            _isOver = true;
            _error = error;
            mustTell = _isWaiting;
            _isWaiting = false;
            result = ToResult(isCanceled: false);
        }

        _receiver?.Dispose();
        // First: what the client sent before it left is still answered.
        if (mustTell && error is null)
            _wait.SetResult(result);
        else if (mustTell)
            _wait.SetException(error!); // Else it is null.
        _ = TellEndAsync(); // A fault of somebody who hears of it is logged as that of a task, and ends nothing else.
    }

    private async Task TellEndAsync()
    {
        try
        {
            await connection.FireClosedAsync();
        }
        finally
        {
            lock (connection.Gate)
                _ended.Set();
        }
    }
}
