namespace GripProxy.Control.Http;

/// <summary>The answer to a request that the HTTP server could not read (PUB-02). Immutable.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The whole <c>text/plain</c> body.</param>
public readonly record struct FramingError(int Status, string Body);
