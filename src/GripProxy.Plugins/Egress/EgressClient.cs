using System.Net;
using System.Net.Sockets;
using System.Text;
using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Egress;

/// <summary>
/// Sends what plugins want to send to the outside, under the egress rules (plugins-api.md §3.5). Redirects are followed here, so that each is asked about anew.
/// Thread-safe. Owned by the running plugins.
/// </summary>
internal sealed class EgressClient : IDisposable
{
    private const int MostRedirects = 5;
    private const int RequestBytes = 5 * 1024 * 1024;
    private const int AnswerBytes = 10 * 1024 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly string UserAgent = $"GripProxy-Plugins/{PluginPlace.Version}";

    private readonly HttpMessageInvoker _guarded;
    private readonly HttpMessageInvoker _rewritten;
    private readonly RedirectBudget _redirects;
    private readonly EgressDialer _dialer;
    private readonly EgressRules _rules;
    private readonly EgressOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Connects to nothing yet.</summary>
    /// <param name="options">What the operator opens and closes.</param>
    /// <param name="ownListeners">Where this proxy listens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="resolve">Gives the addresses of a name; the system's where it is null.</param>
    public EgressClient(EgressOptions options, Func<IReadOnlyList<IPEndPoint>> ownListeners, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        _options = options;
        _time = time;
        _redirects = new RedirectBudget(time);
        _rules = new EgressRules(options, ownListeners);
        _dialer = new EgressDialer(_rules, resolve ?? Dns.GetHostAddressesAsync);
        // Two sets of connections: one that a rewrite opened must serve nobody who named its address himself.
        _guarded = options.Proxy is { } proxy
            ? Build(EgressDialer.ConnectAnywhereAsync, new WebProxy(proxy))
            : Build(_dialer.ConnectAsync, null);
        _rewritten = Build(EgressDialer.ConnectAnywhereAsync, null);
    }

    /// <summary>Sends a request and reads the answer to its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<EgressResult> SendAsync(EgressRequest request, CancellationToken cancellationToken)
    {
        if (EgressMessage.Problem(request) is { } problem)
            return EgressResult.Failed(EgressProblem.BadRequest, "ERR_INVALID_ARG_VALUE", problem);
        if (request.Body is { Length: > RequestBytes })
            return EgressResult.Failed(EgressProblem.TooLarge, "EFBIG", $"the body of a request may have {RequestBytes >> 20} MiB");
        using var limit = new CancellationTokenSource(request.Timeout > TimeSpan.Zero && request.Timeout < Longest ? request.Timeout : Longest, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await FollowAsync(request, ending.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return EgressResult.Failed(EgressProblem.TimedOut, "ETIMEDOUT", $"request to {OriginOf(request.Url)} timed out");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _guarded.Dispose();
        _rewritten.Dispose();
    }

    private static HttpMessageInvoker Build(Func<DnsEndPoint, CancellationToken, ValueTask<Stream>> connect, WebProxy? proxy) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectCallback = (context, cancellationToken) => connect(context.DnsEndPoint, cancellationToken),
        // The answer to a name is asked for again after a while.
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        MaxConnectionsPerServer = 50,
        Proxy = proxy,
        UseProxy = proxy is not null,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    });

    // 1. May it go there? 2. One leg. 3. A redirect: where to, and what of the request goes with it.
    private async Task<EgressResult> FollowAsync(EgressRequest request, CancellationToken cancellationToken)
    {
        var url = request.Url;
        var method = request.Method.ToUpperInvariant();
        var hasBody = true;
        for (var redirects = 0; ; redirects++)
        {
            if (_rules.Refuses(url, request.Declared) is { } rule)
                return Blocked(url, rule);
            var isForeign = OriginOf(url) != OriginOf(request.Url);
            try
            {
                using var response = await SendOneAsync(method, url, request, hasBody, isForeign, cancellationToken);
                if (request.Redirect == RedirectMode.Manual || RedirectOf(response) is not { } location)
                    return await ReadAsync(response, url, redirects > 0, cancellationToken);
                if (request.Redirect == RedirectMode.Error)
                    return EgressResult.Failed(EgressProblem.Redirected, "ENOREDIRECT", $"request to {OriginOf(url)} was redirected");
                if (!Uri.TryCreate(url, location, out var next))
                    return EgressResult.Failed(EgressProblem.BadRequest, "EINVAL", $"request to {OriginOf(url)} was redirected to what is no address");
                if (redirects == MostRedirects || !_redirects.Take(next.Authority))
                    return EgressResult.Failed(EgressProblem.TooManyRedirects, "EMAXREDIRECT", $"request to {OriginOf(request.Url)} was redirected too often");
                (method, hasBody) = AfterRedirect((int)response.StatusCode, method, hasBody);
                url = next;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
            {
                return Failed(url, e);
            }
        }
    }

    private async Task<HttpResponseMessage> SendOneAsync(string method, Uri url, EgressRequest request, bool hasBody, bool isForeign, CancellationToken cancellationToken)
    {
        var rewritten = _rules.Rewrite(url);
        // The proxy connects; what can be known here is checked here all the same.
        if (rewritten is null && _options.Proxy is not null)
            await _dialer.ResolveAsync(EgressRules.HostOf(url), url.Port, cancellationToken);
        using var message = EgressMessage.Write(method, rewritten ?? url, url, request, hasBody, isForeign, UserAgent);
        return await (rewritten is null ? _guarded : _rewritten).SendAsync(message, cancellationToken);
    }

    private static async Task<EgressResult> ReadAsync(HttpResponseMessage response, Uri url, bool redirected, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > AnswerBytes)
                return EgressResult.Failed(EgressProblem.TooLarge, "EFBIG", $"the answer of {OriginOf(url)} has more than {AnswerBytes >> 20} MiB");
            body.Write(buffer, 0, read);
        }

        return EgressResult.Of(new EgressAnswer
        {
            Status = (int)response.StatusCode,
            Reason = response.ReasonPhrase ?? "",
            Url = url,
            Redirected = redirected,
            Headers = EgressMessage.Fields(response),
            Body = body.ToArray(),
        });
    }

    private static string? RedirectOf(HttpResponseMessage response) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.ToString() : null;

    // As browsers do.
    private static (string Method, bool HasBody) AfterRedirect(int status, string method, bool hasBody) => status switch
    {
        303 when method is not "HEAD" => ("GET", false),
        301 or 302 when method is "POST" => ("GET", false),
        _ => (method, hasBody),
    };

    private static EgressResult Failed(Uri url, Exception e)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case EgressBlockedException blocked:
                    return Blocked(url, blocked.Rule);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery }:
                    return Unreachable(url, "ENOTFOUND", "its name leads nowhere");
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return Unreachable(url, "ECONNREFUSED", "it does not accept connections");
                case SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.HostUnreachable }:
                    return Unreachable(url, "EHOSTUNREACH", "there is no way to it");
                case SocketException { SocketErrorCode: SocketError.TimedOut }:
                    return Unreachable(url, "ETIMEDOUT", "it does not answer");
                case System.Security.Authentication.AuthenticationException:
                    return Unreachable(url, "EPROTO", "its certificate is not accepted");
            }
        }

        return Unreachable(url, "ECONNRESET", "the connection broke");
    }

    private static EgressResult Unreachable(Uri url, string code, string words) =>
        EgressResult.Failed(EgressProblem.Unreachable, code, $"request to {OriginOf(url)} failed: {words}");

    private static EgressResult Blocked(Uri url, EgressRule rule) =>
        EgressResult.Failed(EgressProblem.Blocked, "EACCES", $"request to {OriginOf(url)} blocked by egress rules ({rule.ToString().ToLowerInvariant()})");

    private static string OriginOf(Uri url) => $"{url.Scheme}://{url.Authority}";
}
