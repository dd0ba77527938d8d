using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>A publisher at the control port. Thread-safe.</summary>
public sealed class ControlClient(int port) : IDisposable
{
    // Fewer than the control port takes; what is more waits.
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(30) };

    public int Port => port;

    /// <summary>Publishes content for stream holds; the answer must be 200.</summary>
    public Task PublishStreamAsync(string channel, string content, string? id = null, string? prevId = null) =>
        PublishAsync(channel, "http-stream", new Dictionary<string, object?>(StringComparer.Ordinal) { ["content"] = content }, id, prevId);

    /// <summary>Ends the stream holds of a channel.</summary>
    public Task CloseStreamsAsync(string channel) =>
        PublishAsync(channel, "http-stream", new Dictionary<string, object?>(StringComparer.Ordinal) { ["action"] = "close" }, null, null);

    /// <summary>Publishes a body for response holds; the answer must be 200.</summary>
    public Task PublishResponseAsync(string channel, string body, string? id = null, string? prevId = null) =>
        PublishAsync(channel, "http-response", new Dictionary<string, object?>(StringComparer.Ordinal) { ["body"] = body }, id, prevId);

    /// <summary>Publishes a text message for WebSockets; the answer must be 200.</summary>
    public Task PublishMessageAsync(string channel, string content, string? id = null, string? prevId = null) =>
        PublishAsync(channel, "ws-message", new Dictionary<string, object?>(StringComparer.Ordinal) { ["content"] = content }, id, prevId);

    /// <summary>Posts a publish as it is.</summary>
    public Task<HttpResponseMessage> PostAsync(string body, AuthenticationHeaderValue? credentials = null, string path = "/publish/") =>
        SendAsync(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"), credentials);

    /// <summary>Publishes items and gives what the answer says of each (CTL-07).</summary>
    public async Task<JsonNode[]> PublishWithReceiptsAsync(params JsonNode[] items)
    {
        JsonObject publish = new() { ["items"] = new JsonArray(items) };
        using HttpResponseMessage answer = await PostAsync(publish.ToJsonString(), path: "/publish/?receipt=1");
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return [.. JsonNode.Parse(text)!["items"]!.AsArray().Select(item => item!)];
    }

    /// <summary>The JSON at a path; the answer must be 200.</summary>
    public async Task<JsonNode> GetAsync(string path)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, path, content: null);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Posts a command and gives the JSON of its answer, which must be 200.</summary>
    public async Task<JsonNode> CommandAsync(string path, JsonObject body)
    {
        using HttpResponseMessage answer = await PostAsync(body.ToJsonString(), path: path);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Reads an event stream from its beginning.</summary>
    public async Task<EventStreamReader> WatchAsync(string path) => new(new StreamReader(await _http.GetStreamAsync(path)));

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, AuthenticationHeaderValue? credentials = null)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        request.Headers.Authorization = credentials;
        return await _http.SendAsync(request);
    }

    /// <summary>The JSON of a publish of one item.</summary>
    public static string OneItem(string channel, string format, IReadOnlyDictionary<string, object?> content, string? id = null, string? prevId = null)
    {
        Dictionary<string, object?> item = new(StringComparer.Ordinal)
        {
            ["channel"] = channel,
            ["formats"] = new Dictionary<string, object?>(StringComparer.Ordinal) { [format] = content },
        };
        if (id is not null)
        {
            item["id"] = id;
        }

        if (prevId is not null)
        {
            item["prev-id"] = prevId;
        }

        return JsonSerializer.Serialize(new Dictionary<string, object?>(StringComparer.Ordinal) { ["items"] = new[] { item } });
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Publishes one format; the answer must be 200.</summary>
    public async Task PublishAsync(string channel, string format, IReadOnlyDictionary<string, object?> content, string? id, string? prevId)
    {
        using HttpResponseMessage answer = await PostAsync(OneItem(channel, format, content, id, prevId));
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"Publishing to {channel}: {(int)answer.StatusCode} {text}");
    }
}
