using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.GameDay.Recordings;

/// <summary>Asks the control port of a proxy about one tenant. Owned by one command.</summary>
internal sealed class TenantClient : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly string _root;

    /// <summary>Asks nothing yet.</summary>
    public TenantClient(TenantAccess access)
    {
        _root = $"{access.Admin.ToString().TrimEnd('/')}/v1/tenants/{Uri.EscapeDataString(access.Tenant)}";
        if (access.Token.Length > 0)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", access.Token);
    }

    /// <summary>Asks.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Path below the tenant, with a slash in front; empty: the tenant.</param>
    /// <param name="body">The body, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TargetException">It does not do it.</exception>
    public async Task<JsonObject> AskAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, body, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? [];
    }

    /// <summary>Opens an answer that comes line by line.</summary>
    /// <exception cref="TargetException">It does not do it.</exception>
    public async Task<StreamReader> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var response = await SendAsync(HttpMethod.Get, path, body: null, cancellationToken);
        return new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, _root + path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new TargetException($"the control port does not answer ({_root}): {e.Message}");
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new TargetException($"{_root}{path}: {Detail(await response.Content.ReadAsStringAsync(cancellationToken)) ?? $"it answered {(int)response.StatusCode}"}");
    }

    private static string? Detail(string text)
    {
        try
        {
            return (JsonNode.Parse(text) as JsonObject)?["detail"]?.ToString();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
