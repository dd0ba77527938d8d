using System.Net;

namespace GripProxy.Forwarding.Http;

/// <summary>
/// A request's body that is all there: it goes out in one piece, and whoever owns its bytes can see when nobody uses them any more. Written by
/// one request, maybe more than once.
/// </summary>
internal sealed class WholeBody(ReadOnlyMemory<byte> bytes) : HttpContent
{
    private volatile bool _isWritten = bytes.IsEmpty;

    /// <summary>True once all of it was given to the connection; before that the client may still read it, even after an answer came.</summary>
    public bool IsWritten => _isWritten;

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty)
            return;
        await stream.WriteAsync(bytes, cancellationToken);
        // A connection may keep small bodies back; what is kept back was not sent.
        await stream.FlushAsync(cancellationToken);
        _isWritten = true;
    }
}
