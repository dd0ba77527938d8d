using System.IO.Pipelines;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>What HTTP writes: to the connection; once it is left, nowhere. Owned by its layer.</summary>
internal sealed class LayerOutput : PipeWriter
{
    // Nobody reads it, so that all may write to it.
    private static readonly byte[] Nowhere = new byte[4096];

    private volatile PipeWriter? _connection;

    /// <summary>There is a connection to write to.</summary>
    public void Bind(PipeWriter connection) => _connection = connection;

    /// <summary>From here on what is written is thrown away.</summary>
    public void Leave() => _connection = null;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => _connection?.UnflushedBytes ?? 0;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => _connection?.GetMemory(sizeHint) ?? Thrown(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => _connection is { } connection ? connection.GetSpan(sizeHint) : Thrown(sizeHint);

    /// <inheritdoc/>
    public override void Advance(int bytes) => _connection?.Advance(bytes);

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _connection?.FlushAsync(cancellationToken) ?? default;

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        _connection?.WriteAsync(source, cancellationToken) ?? default;

    /// <inheritdoc/>
    public override void CancelPendingFlush() => _connection?.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _connection?.Complete(exception);

    private static byte[] Thrown(int sizeHint) => sizeHint <= Nowhere.Length ? Nowhere : new byte[sizeHint];
}
