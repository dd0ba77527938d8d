using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// What HTTP reads: the head of a request that comes back, then the connection; once it is left, what the next connection brings. What is
/// not read then stays for whoever comes after on the connection. Owned by its layer.
/// </summary>
internal sealed class LayerInput(HttpLayer layer) : PipeReader, IValueTaskSource<ReadResult>
{
    private volatile PipeReader? _connection;
    private ReadOnlySequence<byte> _replay;
    private ManualResetValueTaskSourceCore<ReadResult> _next;

    /// <summary>There is a connection to read.</summary>
    public void Bind(PipeReader connection, ReadOnlyMemory<byte> replay)
    {
        _replay = new ReadOnlySequence<byte>(replay);
        _connection = connection;
    }

    /// <summary>From here on nothing of the connection is read.</summary>
    public void Leave() => _connection = null;

    /// <summary>Lets HTTP go on, which waits for its next request: it has a connection again, or is at its end.</summary>
    public void Resume(bool isOver) => _next.SetResult(new ReadResult(default, isCanceled: false, isOver));

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_connection is not { } connection)
            return WaitAsync();
        return _replay.IsEmpty ? connection.ReadAsync(cancellationToken) : ValueTask.FromResult(Replay());
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (_connection is { } connection && _replay.IsEmpty)
            return connection.TryRead(out result);
        result = _connection is null ? End() : Replay();
        return true;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Of nothing, nothing is consumed.
        if (_connection is not { } connection || consumed.GetObject() is null)
            return;
        if (_replay.IsEmpty)
            connection.AdvanceTo(consumed, examined);
        else
            _replay = _replay.Slice(consumed);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => _connection?.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _connection?.Complete(exception);

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _next.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _next.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _next.OnCompleted(continuation, state, token, flags);

    private static ReadResult End() => new(default, isCanceled: false, isCompleted: true);

    private ReadResult Replay() => new(_replay, isCanceled: false, isCompleted: false);

    private ValueTask<ReadResult> WaitAsync()
    {
        _next.Reset();
        var version = _next.Version;
        // It may have been resumed before this returns.
        return layer.TryRest() ? new ValueTask<ReadResult>(this, version) : ValueTask.FromResult(End());
    }
}
