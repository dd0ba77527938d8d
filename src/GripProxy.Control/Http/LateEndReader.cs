using System.Buffers;
using System.IO.Pipelines;

namespace GripProxy.Control.Http;

/// <summary>
/// Tells of the end of the input only after all bytes before it were looked at. The HTTP server takes the end for a broken body even if the
/// whole body is there. Owned by the connection's one reader.
/// </summary>
internal sealed class LateEndReader(PipeReader inner) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;

    // Of the bytes that stay in the pipe, how many the reader has looked at.
    private long _examined;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        Remember(await inner.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
            return false;
        result = Remember(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _examined = _buffer.Slice(consumed, examined).Length;
        _buffer = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private ReadResult Remember(ReadResult result)
    {
        _buffer = result.Buffer;
        var isNew = result.Buffer.Length > _examined;
        return result.IsCompleted && isNew ? new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false) : result;
    }
}
