namespace GripProxy.Origin;

/// <summary>Publishes items to the GRIP proxies of the application; <see cref="GripPublisher"/> does it over HTTP. Thread-safe.</summary>
public interface IGripPublisher
{
    /// <summary>Publishes one item to every proxy.</summary>
    Task<PublishResult> PublishAsync(GripItem item, CancellationToken cancellationToken);

    /// <summary>
    /// Publishes items to every proxy, in one request each. What goes wrong at one proxy is told in the result and does not stop the others.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; some proxies may have accepted the items.</exception>
    Task<PublishResult> PublishAsync(IReadOnlyList<GripItem> items, CancellationToken cancellationToken);
}
