using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>Writes the answers of the ingest listener (plugins-http.md §3.4). Stateless.</summary>
internal static class IngestReply
{
    private static readonly PluginJson Json = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes JSON.</summary>
    public static Task WriteAsync(HttpContext context, int status, JsonObject body)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Json.JsonObject);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes).AsTask();
    }

    /// <summary>Writes an error.</summary>
    public static Task WriteAsync(HttpContext context, EventProblem problem)
    {
        if (problem.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString();
        return WriteAsync(context, problem.Status, new JsonObject
        {
            ["error"] = new JsonObject { ["code"] = problem.Code, ["message"] = problem.Message, ["details"] = Details(problem) },
            ["status"] = 0,
        });
    }

    /// <summary>Further facts of a problem.</summary>
    public static JsonObject Details(EventProblem problem)
    {
        JsonObject details = [];
        if (problem.Index is { } index)
            details["index"] = index;
        if (problem.Field is { } field)
            details["field"] = field;
        if (problem.Offset is { } offset)
            details["offset"] = offset;
        return details;
    }
}
