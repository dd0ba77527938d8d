using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Trials;

/// <summary>
/// A network that consists of prepared answers: the first that fits a request is given, and where none does, the request fails (plugins-http.md §4.5). Immutable.
/// </summary>
/// <param name="mocks">Objects with <c>method</c>, <c>url</c> (with a last <c>*</c>: a beginning), <c>status</c>, <c>headers</c>, <c>body</c>.</param>
internal sealed class MockedNetwork(IReadOnlyList<JsonObject> mocks) : ITrialNetwork
{
    /// <inheritdoc/>
    public ValueTask<HostAnswer> FetchAsync(Install install, JsonElement arguments, JsonObject shown)
    {
        var method = CellJson.Text(arguments, "method");
        var url = CellJson.Text(arguments, "url");
        var mock = mocks.FirstOrDefault(one => Fits(one, method, url));
        if (mock is null)
        {
            shown["error"] = "no mock fits";
            return ValueTask.FromResult(Answer(new JsonObject
            {
                ["failure"] = new JsonObject { ["problem"] = "Blocked", ["code"] = "EMOCK", ["message"] = $"there is no mock for {method} {url}, and a trial reaches nothing else" },
            }));
        }

        var status = (int?)Number(mock, "status") ?? 200;
        shown["status"] = status;
        return ValueTask.FromResult(Answer(new JsonObject
        {
            ["answer"] = new JsonObject
            {
                ["status"] = status,
                ["status_text"] = "",
                ["url"] = url,
                ["redirected"] = false,
                ["headers"] = Headers(mock),
                ["body"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Body(mock))),
            },
        }));
    }

    private static bool Fits(JsonObject mock, string method, string url)
    {
        var wanted = ManifestReader.Text(mock["url"]) ?? "*";
        var fits = wanted.EndsWith('*') ? url.StartsWith(wanted[..^1], StringComparison.Ordinal) : url == wanted;
        return fits && (ManifestReader.Text(mock["method"]) is not { } only || only.Equals(method, StringComparison.OrdinalIgnoreCase));
    }

    private static double? Number(JsonObject mock, string name) => mock[name] is JsonValue value && value.TryGetValue<double>(out var number) ? number : null;

    // A body that is no text is meant as JSON.
    private static string Body(JsonObject mock) => mock["body"] is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : mock["body"]?.ToJsonString() ?? "";

    private static JsonArray Headers(JsonObject mock) =>
        [.. (mock["headers"] as JsonObject ?? []).Select(header => (JsonNode)new JsonArray(header.Key, ManifestReader.Text(header.Value) ?? ""))];

    private static HostAnswer Answer(JsonObject json) => new(JsonSerializer.SerializeToUtf8Bytes(json, PluginJson.Default.JsonObject));
}
