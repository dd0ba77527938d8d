using System.IO.Pipelines;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>What one run of HTTP writes: to the connection; once it is left, nowhere. Owned by its layer.</summary>
internal sealed class LayerOutput(PipeWriter connection) : PipeWriter
{
    // Nobody reads it, so that all may write to it.
    private static readonly byte[] Nowhere = new byte[4096];

    private volatile bool _isLeft;

    /// <summary>From here on what is written is thrown away.</summary>
    public void Leave() => _isLeft = true;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => connection.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => _isLeft ? 0 : connection.UnflushedBytes;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (!_isLeft)
            return connection.GetMemory(sizeHint);
        return sizeHint <= Nowhere.Length ? Nowhere : new byte[sizeHint];
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => _isLeft ? GetMemory(sizeHint).Span : connection.GetSpan(sizeHint);

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (!_isLeft)
            connection.Advance(bytes);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _isLeft ? default : connection.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        _isLeft ? default : connection.WriteAsync(source, cancellationToken);

    /// <inheritdoc/>
    public override void CancelPendingFlush()
    {
        if (!_isLeft)
            connection.CancelPendingFlush();
    }

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (!_isLeft)
            connection.Complete(exception);
    }
}
