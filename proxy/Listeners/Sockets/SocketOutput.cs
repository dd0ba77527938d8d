using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using GripProxy.Channels.Delivery;
using Microsoft.AspNetCore.Connections;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>
/// What is written to a client. A flush sends at once and on the caller's thread; where the client does not take everything, the rest is sent
/// when it does, and the flush completes then. Guarded by the connection's lock; one writer at a time.
/// </summary>
internal sealed class SocketOutput(SocketConnection connection) : PipeWriter, IValueTaskSource<FlushResult>, IPrefetched
{
    // The connection's, without the way over it.
    private readonly Lock _gate = connection.Gate;
    private readonly Socket _socket = connection.Socket;
    private UnsentBytes _unsent;
    private bool _isSending;
    private bool _isWaiting;
    private bool _isCanceled;
    private bool _isBroken;
    private bool _isCompleted;
    private EndLatch _ended;
    private ManualResetValueTaskSourceCore<FlushResult> _wait;
    private CancellationTokenRegistration _cancellation;

    /// <summary>Completes when the output is completed and nothing is sent any more.</summary>
    public Task Ended
    {
        get
        {
            lock (_gate)
                return _ended.Wait();
        }
    }

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _unsent.Unflushed;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        lock (_gate)
            return _unsent.Lend(connection.MemoryPool, sizeHint);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        lock (_gate)
        {
            _unsent.Advance(bytes);
            if (_isBroken)
                ReturnUnsent();
        }
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => WriteAsync(default, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        ValueTask<FlushResult> flush;
        bool mustSend;
        lock (_gate)
        {
            // Whether or not the writer waits for it.
            var isDone = TryFlush(source, out var result);
            mustSend = _unsent.HasRest && !_isSending;
            _isSending |= mustSend;
            flush = isDone ? new ValueTask<FlushResult>(result) : Wait();
        }

        if (cancellationToken.CanBeCanceled && !flush.IsCompleted)
            _cancellation = cancellationToken.UnsafeRegister(static (output, token) => ((SocketOutput)output!).CancelFlush(token), this);
        if (mustSend)
            _ = SendRestAsync(); // Never faults.
        return flush;
    }

    /// <inheritdoc/>
    public void Prefetch(int depth)
    {
        if (depth > 0)
            return;
        CacheLine.Prefetch(_gate);
        CacheLine.Prefetch(_socket, lines: 2);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        lock (_gate)
        {
            if (!_isWaiting)
            {
                _isCanceled = true;
                return;
            }

            _isWaiting = false;
        }

        Resume(new FlushResult(isCanceled: true, isCompleted: false));
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        bool mustSend;
        lock (_gate)
        {
            if (_isCompleted)
                return;
            Flush(default);
            _isCompleted = true;
            mustSend = !_isSending && _unsent.HasRest;
            _isSending |= mustSend;
            if (_isSending && !mustSend)
                return;
        }

        if (mustSend)
            _ = SendRestAsync(); // Never faults.
        else
            End();
    }

    /// <summary>The connection is gone: what waits is not sent.</summary>
    public void Break()
    {
        lock (_gate)
        {
            _isBroken = true;
            ReturnUnsent();
            if (!_isWaiting)
                return;
            _isWaiting = false;
        }

        Resume(new FlushResult(isCanceled: false, isCompleted: true));
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _cancellation.Dispose();
        _cancellation = default;
        return _wait.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private ValueTask<FlushResult> Wait()
    {
        if (_isWaiting)
            throw new InvalidOperationException("The connection is being flushed already.");
        _wait.Reset();
        _isWaiting = true;
        return new ValueTask<FlushResult>(this, _wait.Version);
    }

    /// <summary>Sends as much as the system takes. False: the caller has to wait for the rest.</summary>
    private bool TryFlush(ReadOnlyMemory<byte> source, out FlushResult result)
    {
        Flush(source.Span);
        result = new FlushResult(_isCanceled, isCompleted: _isBroken || _isCompleted);
        var isCanceled = _isCanceled;
        _isCanceled = false;
        return isCanceled || _isBroken || _isCompleted || !_unsent.HasRest;
    }

    private void Flush(ReadOnlySpan<byte> source)
    {
        _unsent.BeginFlush();
        if (_isBroken || _isCompleted)
        {
            ReturnUnsent();
            return;
        }

        // Nothing stands before it: it needs no copy.
        if (!_isSending && _unsent.IsEmpty)
            source = source[Send(source)..];
        // Nearly always there is nothing to append, and the connection is not touched for it.
        if (!source.IsEmpty)
            _unsent.Append(connection.MemoryPool, source);
        while (!_isSending && !_isBroken && !_unsent.IsEmpty)
        {
            _unsent.Sent(Send(_unsent.First.Span));
            if (!_unsent.TryReturnFirst())
                return;
        }
    }

    /// <summary>How much the system takes of it now.</summary>
    private int Send(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return 0;
        try
        {
            var count = _socket.Send(bytes, SocketFlags.None, out var error);
            if (error is SocketError.Success or SocketError.WouldBlock)
                return count;
        }
        catch (ObjectDisposedException)
        {
            // The connection was aborted.
        }

        Fail();
        return bytes.Length;
    }

    /// <summary>Sends what the client did not take at once, at its pace.</summary>
    private async Task SendRestAsync()
    {
        while (TryTakeRest(out var rest))
        {
            try
            {
                await _socket.SendAsync(rest, SocketFlags.None);
                lock (_gate)
                    _unsent.Sent(rest.Length);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                Fail();
            }
        }
    }

    /// <summary>What is to be sent next; if there is nothing, whoever waits for that is told.</summary>
    private bool TryTakeRest(out ReadOnlyMemory<byte> rest)
    {
        bool mustTell;
        bool mustEnd;
        lock (_gate)
        {
            _unsent.Return(all: _isBroken);
            if (!_isBroken && _unsent.HasRest)
            {
                rest = _unsent.First;
                return true;
            }

            rest = default;
            _isSending = false;
            mustTell = _isWaiting;
            mustEnd = _isCompleted;
            _isWaiting = false;
        }

        if (mustTell)
            _wait.SetResult(new FlushResult(isCanceled: false, isCompleted: _isBroken));
        if (mustEnd)
            End();
        return false;
    }

    /// <summary>Gives back what nobody will send: not what is being sent, which goes when the system lets it, nor what the writer writes into.</summary>
    private void ReturnUnsent()
    {
        if (!_isSending)
            _unsent.Return(all: true);
    }

    /// <summary>A client that cannot be written to is gone. Elsewhere: those who hear of it may write too.</summary>
    private void Fail()
    {
        _isBroken = true;
        ThreadPool.UnsafeQueueUserWorkItem(
            static connection => connection.Abort(new ConnectionAbortedException("The client does not take what is sent.")), connection, preferLocal: false);
    }

    private void CancelFlush(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_isWaiting)
                return;
            _isWaiting = false;
        }

        ThreadPool.UnsafeQueueUserWorkItem(
            static wait => wait.Output._wait.SetException(new OperationCanceledException(wait.Token)), (Output: this, Token: token), preferLocal: false);
    }

    private void Resume(FlushResult result) => ThreadPool.UnsafeQueueUserWorkItem(
        static wait => wait.Output._wait.SetResult(wait.Result), (Output: this, Result: result), preferLocal: false);

    private void End()
    {
        connection.Close();
        lock (_gate)
            _ended.Set();
    }
}
