using System.Net;
using GripProxy.Origin.Publishing;

namespace GripProxy.Origin;

/// <summary>
/// Publishes items to one or several GRIP proxies at once over HTTP (PUB-05). Thread-safe; make one for the application and keep it:
/// it reuses its connections.
/// </summary>
public sealed class GripPublisher : IGripPublisher, IDisposable
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultRetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http;
    private readonly EndpointPublisher[] _endpoints;

    /// <summary>Publishes to these proxies.</summary>
    /// <param name="endpoints">The proxies; none is allowed, then publishing does nothing.</param>
    /// <param name="timeout">How long one proxy may take to answer; 10 s if null.</param>
    /// <param name="time">The clock; the system's if null.</param>
    /// <param name="attempts">How often to try, see <see cref="GripOptions.PublishAttempts"/>.</param>
    /// <param name="retryDelay">Time before the second try, doubled before each one after it; 200 ms if null.</param>
    public GripPublisher(
        IEnumerable<GripEndpoint> endpoints, TimeSpan? timeout = null, TimeProvider? time = null, int attempts = 3, TimeSpan? retryDelay = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var limit = timeout ?? DefaultTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(timeout));
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        var delay = retryDelay ?? DefaultRetryDelay;
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero, nameof(retryDelay));
        var clock = time ?? TimeProvider.System;
        _http = new HttpClient(CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        _endpoints = [.. endpoints.Select(endpoint => new EndpointPublisher(endpoint, _http, limit, attempts, delay, clock))];
    }

    /// <summary>The proxies, in the order in which they were given.</summary>
    public IEnumerable<GripEndpoint> Endpoints => _endpoints.Select(publisher => publisher.Endpoint);

    /// <summary>Publishes one item to every proxy.</summary>
    public Task<PublishResult> PublishAsync(GripItem item, CancellationToken cancellationToken) =>
        PublishAsync([item], cancellationToken);

    /// <summary>
    /// Publishes items to every proxy, in one request each. A proxy accepts all of them or none (PUB-05). What goes wrong at one proxy is
    /// told in the result and does not stop the others. A proxy that is away is tried again, see <see cref="GripOptions.PublishAttempts"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; some proxies may have accepted the items.</exception>
    public async Task<PublishResult> PublishAsync(IReadOnlyList<GripItem> items, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (_endpoints.Length == 0)
            return new PublishResult([]);

        var mayRepeat = items.All(item => item.Id is not null);
        // Rendered once: all proxies get the same bytes.
        var body = FormatJson.WriteItems(items);
        return new PublishResult(await Task.WhenAll(_endpoints.Select(endpoint => endpoint.PublishAsync(body, mayRepeat, cancellationToken))));
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler() => new()
    {
        // A redirect would carry the credential to an address that nobody configured.
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        // Long-lived connections would miss a change of the proxy's address in DNS.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };
}
