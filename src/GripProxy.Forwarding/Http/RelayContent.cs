namespace GripProxy.Forwarding.Http;

/// <summary>Puts another stream in the place of an answer's body. Owned by one relay.</summary>
internal sealed class RelayContent(Stream stream) : BodyContent
{
    /// <inheritdoc/>
    protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(stream);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            stream.Dispose();
        base.Dispose(disposing);
    }
}
