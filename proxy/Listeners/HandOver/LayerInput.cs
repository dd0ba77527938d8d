using System.Buffers;
using System.IO.Pipelines;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// What one run of HTTP reads: the head of a request that comes back, then the connection; once it is left, the connection's end. What is not
/// read then stays for the next run. Owned by its layer.
/// </summary>
internal sealed class LayerInput(PipeReader connection, ReadOnlyMemory<byte> replay) : PipeReader
{
    private ReadOnlySequence<byte> _replay = new(replay);
    private volatile bool _isLeft;

    /// <summary>From here on the end is all there is to read.</summary>
    public void Leave() => _isLeft = true;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        TryReadOwn(out var result) ? ValueTask.FromResult(result) : connection.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => TryReadOwn(out result) || connection.TryRead(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_isLeft)
            return;
        if (_replay.IsEmpty)
            connection.AdvanceTo(consumed, examined);
        else
            _replay = _replay.Slice(consumed);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead()
    {
        if (!_isLeft)
            connection.CancelPendingRead();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (!_isLeft)
            connection.Complete(exception);
    }

    private bool TryReadOwn(out ReadResult result)
    {
        result = _isLeft ? new ReadResult(default, isCanceled: false, isCompleted: true) : new ReadResult(_replay, isCanceled: false, isCompleted: false);
        return _isLeft || !_replay.IsEmpty;
    }
}
