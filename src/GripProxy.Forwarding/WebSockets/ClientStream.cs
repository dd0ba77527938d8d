namespace GripProxy.Forwarding.WebSockets;

/// <summary>
/// A client's connection after the handshake. Cutting it ends waiting reads and writes at once; what was written before is still on its way then,
/// such as the last words of an origin that vanished. Cutting is thread-safe, the rest as much as the server's stream.
/// </summary>
/// <param name="inner">The server's stream.</param>
/// <param name="output">Writes to the connection itself, if it is this WebSocket's alone; else null.</param>
internal sealed class ClientStream(Stream inner, ClientOutput? output) : Stream
{
#pragma warning disable CA2213 // It holds nothing, and a cut may come late.
    private readonly CancellationTokenSource _cut = new();
#pragma warning restore CA2213

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>True after <see cref="Cut"/>.</summary>
    public bool IsCut => _cut.IsCancellationRequested;

    /// <summary>Ends it; may be called twice.</summary>
    public void Cut() => _cut.Cancel();

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, _cut.Token);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        output is null ? inner.WriteAsync(buffer, _cut.Token) : output.WriteAsync(buffer, _cut.Token);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(_cut.Token);

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
