using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.Proxy.Commands.Admin;

/// <summary>Asks the control port of a running proxy (control-extensions.md). Owned by one command.</summary>
/// <param name="admin">Address of the control port.</param>
/// <param name="credential">Makes the value of <c>Authorization</c> for a request, or null.</param>
/// <param name="time">The clock.</param>
internal sealed class AdminClient(Uri admin, Func<AuthenticationHeaderValue?> credential, TimeProvider time) : IDisposable
{
    private const string Data = "data: ";
    private const string TokenAdvice = "\n  give a token with --token, or in the environment variable GRIPPROXY_TOKEN";
    private const string PluginsAdvice = "\n  plugins are off there; [plugins] enabled=true in its configuration switches them on";

    // What a control port says of paths that it does not have, and those that only plugins bring.
    private const string NoPath = "nothing is at this path; /v1/ tells what there is";
    private static readonly string[] PluginPaths = ["/v1/tenants", "/v1/switches"];

    // It answers from memory, but for plugins that are waited for: a minute at most.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(70);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        // A redirect would carry the token to an address that nobody named.
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Sends one request and reads the whole answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Path and query after the address, escaped.</param>
    /// <param name="body">What to post, or null.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<AdminAnswer> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await SendAsync(method, path, content, cancellationToken);
    }

    /// <summary>Sends one request with any body and reads the whole answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Path and query after the address, escaped.</param>
    /// <param name="body">The body, or null; it can be sent once.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<AdminAnswer> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await RequestAsync(method, path, body, either.Token);
            var text = await response.Content.ReadAsStringAsync(either.Token);
            return response.IsSuccessStatusCode ? Read(text) : AdminAnswer.Failed(Describe(response, text));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return AdminAnswer.Failed($"no answer from {admin} within {Patience.TotalSeconds} s");
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return AdminAnswer.Failed($"{admin}: {problem.Message}");
        }
    }

    /// <summary>Reads an event stream until it ends, giving the data of each event.</summary>
    /// <returns>Null at its proper end, or why it broke.</returns>
    public async Task<string?> FollowAsync(string path, Func<string, JsonNode, Task> onEvent, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await RequestAsync(HttpMethod.Get, path, body: null, cancellationToken);
            if (!response.IsSuccessStatusCode)
                return Describe(response, await response.Content.ReadAsStringAsync(cancellationToken));
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
            var type = "";
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                    type = line["event: ".Length..];
                else if (line.StartsWith(Data, StringComparison.Ordinal) && Read(line[Data.Length..]).Json is { } data)
                    await onEvent(type, data);
            }

            return null;
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            return $"{admin}: {problem.Message}";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(admin.ToString().TrimEnd('/') + path));
        request.Headers.Authorization = credential();
        request.Content = body;
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private AdminAnswer Read(string text)
    {
        try
        {
            return JsonNode.Parse(text) is { } json ? new AdminAnswer(json, Error: null) : AdminAnswer.Failed($"{admin} answered nothing");
        }
        catch (JsonException)
        {
            return AdminAnswer.Failed($"{admin} does not answer as the control port of GripProxy does");
        }
    }

    // The detail is for people; an answer without it comes from something else.
    private string Describe(HttpResponseMessage response, string text)
    {
        var problem = response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? Read(text).Json : null;
        if (problem is JsonObject fields && fields["detail"] is { } detail)
            return $"{detail} ({fields["code"]})" + Errors(fields) + Advice(response, $"{detail}");
        return response.StatusCode == HttpStatusCode.NotFound
            ? $"{admin} has nothing at that path: is it the control port of GripProxy?"
            : $"{admin} answered {(int)response.StatusCode} {response.ReasonPhrase}";
    }

    private static string Advice(HttpResponseMessage response, string detail)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            return TokenAdvice;
        var path = response.RequestMessage?.RequestUri?.AbsolutePath ?? "";
        return detail == NoPath && PluginPaths.Any(known => path.StartsWith(known, StringComparison.Ordinal)) ? PluginsAdvice : "";
    }

    private static string Errors(JsonObject problem) => problem["details"]?["errors"] is JsonArray errors
        ? string.Concat(errors.Select(static error => $"\n  {Place(error)}{error?["text"]}"))
        : "";

    // As check writes it: an error of a whole file has no line, one of the environment no file either.
    private static string Place(JsonNode? error)
    {
        var place = error?["line"] is { } line ? $"{error["file"]}:{line}" : $"{error?["file"]}";
        return place.Length == 0 ? "" : place + ": ";
    }
}
