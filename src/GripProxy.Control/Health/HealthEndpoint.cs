using System.Buffers;
using System.Text.Json;
using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace GripProxy.Control.Health;

/// <summary>Answers <c>/healthz</c> and <c>/readyz</c> (CTL-02). Needs no credential and tells no detail.</summary>
internal sealed class HealthEndpoint(Readiness readiness)
{
    private const string AlivePath = "/healthz";
    private const string ReadyPath = "/readyz";

    private static readonly ControlAnswer Alive = ControlAnswer.Json(200, "{\"status\":\"ok\"}"u8.ToArray());

    /// <summary>True if the path is one of the two.</summary>
    public static bool Serves(string path) => path is AlivePath or ReadyPath;

    /// <summary>The answer to a request for one of the two paths.</summary>
    public ControlAnswer Answer(string method, ControlTarget target)
    {
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
            return Problem.MethodNotAllowed(method, "GET, HEAD");

        return target.Path == AlivePath ? Alive : Ready(readiness.Reasons(Ignored(target.Query)));
    }

    private static ControlAnswer Ready(IReadOnlyList<string> reasons)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteBoolean("ready", reasons.Count == 0);
            if (reasons.Count > 0)
            {
                json.WriteStartArray("reasons");
                foreach (var reason in reasons)
                    json.WriteStringValue(reason);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return ControlAnswer.Json(reasons.Count == 0 ? 200 : 503, body.WrittenMemory);
    }

    private static string[] Ignored(string query)
    {
        if (query.Length == 0)
            return [];
        var lists = QueryHelpers.ParseQuery(query).TryGetValue("ignore", out var values) ? values.ToString() : "";
        return lists.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
