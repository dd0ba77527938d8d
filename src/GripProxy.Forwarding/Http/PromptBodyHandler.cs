using System.Net;

namespace GripProxy.Forwarding.Http;

/// <summary>
/// Sends each piece of a request's body to the origin as it comes (HTTP-01, step 7). The HTTP client keeps small pieces back until its buffer is
/// full or the body ends; an origin that answers to the beginning would wait for ever. Stateless.
/// </summary>
internal sealed class PromptBodyHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content and not WholeBody)
            request.Content = new PromptContent(content);
        return base.SendAsync(request, cancellationToken);
    }

    private sealed class PromptContent : HttpContent
    {
        private readonly HttpContent _inner;
        private readonly long? _length;

        public PromptContent(HttpContent inner)
        {
            _inner = inner;
            _length = inner.Headers.ContentLength;
            foreach (var (name, values) in inner.Headers.NonValidated)
                Headers.TryAddWithoutValidation(name, values);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length ?? 0;
            return _length is not null;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            _inner.CopyToAsync(new FlushingStream(stream), context, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
