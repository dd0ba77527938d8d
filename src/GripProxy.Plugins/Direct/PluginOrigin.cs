using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Events;
using GripProxy.Plugins.Events.Ingest;
using GripProxy.Plugins.Fleet;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace GripProxy.Plugins.Direct;

/// <summary>
/// The plugins of a tenant in the place of an origin: <c>onRequest</c> of the install that the path names answers (plugins.md §7.8). Which install there is and whether
/// it runs is nothing for who asks: without one, all is as if there were nothing (PLG-34). Thread-safe; one for each tenant.
/// </summary>
/// <param name="live">The tenant.</param>
/// <param name="calls">Calls its plugins.</param>
/// <param name="address">Finds the address of a client.</param>
internal sealed class PluginOrigin(LiveTenant live, DirectCalls calls, ClientAddress address) : HttpMessageHandler
{
    private const string Live = "state.live";
    private const int MostBytes = 1024 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly HttpRequestOptionsKey<HttpContext> Client = new("GripProxy.Client");
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A link may name another tenant, whose answers are nothing for this one's client.
        if (EndpointPath.Read(request.RequestUri!.PathAndQuery) is not { } path || path.Tenant != live.Current.Name)
            return Problem(EndpointDoor.NotFound);
        if (path is { Name: Live, Rest: "/" })
            return Follow();
        // Before anything else is looked at: what does not answer is not there, however long the body is.
        if (live.Current.FindInstall(path.Name) is not { } install || !calls.MayAnswer(install.Number, DirectCalls.OnRequest))
            return Problem(EndpointDoor.NotFound);
        if (await ReadBodyAsync(request, cancellationToken) is not { } body)
            return Problem(new EventProblem(413, "body_too_large", $"a body may have {MostBytes >> 20} MiB here"));
        var answer = await calls.CallAsync(install.Number, DirectCalls.OnRequest, Limit, Describe(request, path, body));
        return answer.Outcome switch
        {
            DirectOutcome.Done => PluginAnswer.Read(answer.Value, request.Method == HttpMethod.Head) ?? Problem(Failed),
            DirectOutcome.Unknown => Problem(EndpointDoor.NotFound),
            // What it threw is in its log.
            DirectOutcome.Threw => Problem(Failed),
            DirectOutcome.TimedOut => Problem(new EventProblem(504, "timeout", $"the plugin did not answer within {Limit.TotalSeconds} s")),
            _ => Problem(new EventProblem(503, "no_cell", "the plugin cannot answer now; try again") { RetryAfter = 1 }),
        };
    }

    // Lines of JSON for pages: the first comes when the client is held, so that it asks what is switched on after that (PLG-36).
    private static HttpResponseMessage Follow()
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}\n", new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-ndjson")) };
        response.Headers.Add("Access-Control-Allow-Origin", "*");
        response.Headers.Add("Cache-Control", "no-store");
        response.Headers.Add("Grip-Hold", "stream");
        response.Headers.Add("Grip-Channel", StateAnnouncer.PagesChannel);
        response.Headers.Add("Grip-Keep-Alive", "\\n; format=cstring; timeout=30");
        return response;
    }

    private static EventProblem Failed => new(500, "plugin_error", "the plugin failed");

    private static HttpResponseMessage Problem(EventProblem problem)
    {
        var body = new JsonObject
        {
            ["error"] = new JsonObject { ["code"] = problem.Code, ["message"] = problem.Message, ["details"] = new JsonObject() },
            ["status"] = 0,
        };
        var response = new HttpResponseMessage((HttpStatusCode)problem.Status) { Content = new StringContent(body.ToJsonString(), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")) };
        if (problem.RetryAfter is { } seconds)
            response.Headers.Add("Retry-After", seconds.ToString(CultureInfo.InvariantCulture));
        return response;
    }

    // Null: too long.
    private static async Task<byte[]?> ReadBodyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not { } content)
            return [];
        await using var body = new BoundedBody(MostBytes);
        await content.CopyToAsync(body, cancellationToken);
        return body.IsTooLong ? null : body.ToArray();
    }

    private ReadOnlyMemory<byte> Describe(HttpRequestMessage request, EndpointPath path, byte[] body)
    {
        var buffer = new ArrayBufferWriter<byte>(body.Length + 1024);
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            json.WriteString("method", request.Method.Method);
            json.WriteString("path", path.Rest);
            WriteQuery(json, path.Query);
            json.WriteStartObject("headers");
            foreach (var (name, values) in request.Headers.NonValidated.Concat(request.Content?.Headers.NonValidated ?? default))
                json.WriteString(name.ToLowerInvariant(), string.Join(", ", (IEnumerable<string>)values));
            json.WriteEndObject();
            json.WriteString("body", Encoding.UTF8.GetString(body));
            json.WriteString("ip", request.Options.TryGetValue(Client, out var client) ? address.Of(client) : null);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    // A name that comes several times has all its values.
    private static void WriteQuery(Utf8JsonWriter json, string query)
    {
        json.WriteStartObject("query");
        foreach (var (name, values) in QueryHelpers.ParseQuery(query))
        {
            if (values is [var only])
            {
                json.WriteString(name, only);
                continue;
            }

            json.WriteStartArray(name);
            foreach (var value in values)
                json.WriteStringValue(value);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
