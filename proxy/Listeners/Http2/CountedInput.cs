using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using GripProxy.Proxy.Listeners.Admission;

namespace GripProxy.Proxy.Listeners.Http2;

/// <summary>What an HTTP/2 client sends, until it sends too much of what is counted: then reading fails, and the server ends the connection. Owned by the connection's reader.</summary>
/// <param name="inner">What it sends.</param>
/// <param name="counter">Counts.</param>
/// <param name="refused">Hears of the end, once.</param>
internal sealed class CountedInput(PipeReader inner, FrameCounter counter, Action<RefusalReason> refused) : PipeReader
{
    private ReadResult _last;

    // Of what was not consumed: how much was counted already.
    private long _seen;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = inner.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? ValueTask.FromResult(Count(read.Result)) : CountAsync(read);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result))
            return false;
        Count(result);
        return true;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _seen -= _last.Buffer.Slice(_last.Buffer.Start, consumed).Length;
        _last = default;
        inner.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> CountAsync(ValueTask<ReadResult> read) => Count(await read);

    private ReadResult Count(in ReadResult result)
    {
        var reason = counter.Count(result.Buffer.Slice(_seen));
        if (reason != RefusalReason.None)
        {
            // The server leaves at once, whatever lies there.
            inner.AdvanceTo(result.Buffer.End);
            refused(reason);
            throw new IOException($"The client sends too many frames ({RefusalWord.Of(reason)}).");
        }

        _seen = result.Buffer.Length;
        _last = result;
        return result;
    }
}
