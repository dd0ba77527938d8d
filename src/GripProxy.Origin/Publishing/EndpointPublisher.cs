using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace GripProxy.Origin.Publishing;

/// <summary>
/// Publishes to one GRIP proxy. Thread-safe: the current header is replaced whole under a lock and read without one.
/// </summary>
internal sealed class EndpointPublisher(
    GripEndpoint endpoint, HttpClient http, TimeSpan timeout, int attempts, TimeSpan retryDelay, TimeProvider time)
{
    // One token serves all publishes of a minute: signing with an RSA key costs more than the rest of a publish.
    private static readonly TimeSpan TokenShared = TimeSpan.FromMinutes(1);

    // Valid longer than it is used, so that clocks may differ by minutes.
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    // Enough for any error of a proxy, and little enough for a log line.
    private const int MaxErrorBytes = 1000;

    private readonly Lock _renewal = new();
    private volatile Shown? _current;

    public GripEndpoint Endpoint => endpoint;

    /// <summary>Posts the body, again if need be; what goes wrong at last is the result. Throws only when the caller cancels.</summary>
    /// <param name="body">The items.</param>
    /// <param name="mayRepeat">True if the proxy takes a second copy for what it is, because every item has an id (PUB-30).</param>
    /// <param name="cancellationToken">The caller no longer wants it.</param>
    public async Task<EndpointResult> PublishAsync(byte[] body, bool mayRepeat, CancellationToken cancellationToken)
    {
        var delay = retryDelay;
        for (var attempt = 1; ; attempt++)
        {
            var result = await TryAsync(body, cancellationToken);
            if (attempt == attempts || !MayGoWellLater(result) || (result.WasSent && !mayRepeat))
                return result;
            await Task.Delay(delay, time, cancellationToken);
            delay *= 2;
        }
    }

    private static bool MayGoWellLater(EndpointResult result) => result.Outcome switch
    {
        PublishOutcome.Unreachable or PublishOutcome.TimedOut => true,
        // Said by what stands in front of a proxy that is replaced, or by one that ends.
        PublishOutcome.Refused => result.Status is 502 or 503 or 504,
        _ => false,
    };

    private async Task<EndpointResult> TryAsync(byte[] body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var header = Header();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.PublishAddress);
            request.Headers.Authorization = header;
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var text = await ReadTextAsync(response, either.Token);
            if (response.IsSuccessStatusCode)
                return new EndpointResult(endpoint, PublishOutcome.Accepted, (int)response.StatusCode, null);
            return Failed(PublishOutcome.Refused, response.StatusCode, $"answered {(int)response.StatusCode}: {Redact(text, header)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(PublishOutcome.TimedOut, null, $"did not answer within {timeout.TotalSeconds:0.###} s");
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return Failed(PublishOutcome.Unreachable, null, $"cannot be reached: {problem.Message}", WasSent(problem));
        }
    }

    private EndpointResult Failed(PublishOutcome outcome, HttpStatusCode? status, string what, bool wasSent = true) =>
        new(endpoint, outcome, (int?)status, $"GRIP proxy {endpoint} {what}", wasSent);

    // These three happen before the first byte of a request.
    private static bool WasSent(Exception problem) =>
        problem is not HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        };

    private AuthenticationHeaderValue? Header()
    {
        var now = time.GetUtcNow();
        if (_current is { } shown && IsFresh(shown, now))
            return shown.Header;
        lock (_renewal)
        {
            if (_current is { } renewed && IsFresh(renewed, now))
                return renewed.Header;
            var header = endpoint.Url.Credential.CreateHeader(TokenLifetime, time);
            _current = new Shown(now, header);
            return header;
        }
    }

    // A clock that was set back makes the token stale too.
    private static bool IsFresh(Shown shown, DateTimeOffset now) => now >= shown.Since && now - shown.Since < TokenShared;

    private static async Task<string> ReadTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxErrorBytes];
        var count = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var text = new StringBuilder(Encoding.UTF8.GetString(buffer, 0, count).Trim());
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
                text[i] = ' ';
        }

        return text.ToString();
    }

    // The text is for logs: a server that repeats what it was sent must not put the credential there.
    private static string Redact(string text, AuthenticationHeaderValue? header) =>
        string.IsNullOrEmpty(header?.Parameter) ? text : text.Replace(header.Parameter, "***", StringComparison.Ordinal);

    private sealed record Shown(DateTimeOffset Since, AuthenticationHeaderValue? Header);
}
