using System.Net;

namespace GripProxy.Forwarding.Http;

/// <summary>A body that is read as a stream, once, and of which nobody knows how long it is: what the contents of this project have in common.</summary>
internal abstract class BodyContent : HttpContent
{
    /// <inheritdoc/>
    protected abstract override Task<Stream> CreateContentReadStreamAsync();

    /// <inheritdoc/>
    protected sealed override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected sealed override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
