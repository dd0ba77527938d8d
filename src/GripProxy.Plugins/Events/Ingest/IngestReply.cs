using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Pipeline;
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

    /// <summary>The answer that PostHog's clients look for.</summary>
    /// <param name="result">What became of the events.</param>
    /// <param name="status">The value of <c>status</c>.</param>
    public static JsonObject PostHog(IntakeResult result, JsonNode status)
    {
        JsonObject answer = new() { ["status"] = status };
        if (result.Refused.Count > 0)
            answer["rejected"] = Rejected(result);
        return answer;
    }

    /// <summary>The answer that says how many were accepted (plugins-http.md §3.2).</summary>
    /// <param name="result">What became of the events.</param>
    /// <param name="tellEnds">True: and how far each has come.</param>
    public static JsonObject Accepted(IntakeResult result, bool tellEnds)
    {
        JsonObject answer = new() { ["accepted"] = result.Taken.Count, ["rejected"] = Rejected(result) };
        if (tellEnds)
            answer["events"] = new JsonArray([.. result.Taken.Select(End)]);
        return answer;
    }

    private static JsonObject End(IntakeResult.TakenEvent taken) =>
        new() { ["index"] = taken.Index, ["uuid"] = taken.Uuid.ToString(), ["status"] = taken.IsRepeated ? "repeated" : Word(taken.End) };

    private static string Word(Task<EventEnd>? end) => end is not { IsCompletedSuccessfully: true } ? "pending" : end.Result switch
    {
        EventEnd.Published => "published",
        EventEnd.Dropped => "dropped",
        EventEnd.Failed => "failed",
        _ => "pending",
    };

    private static JsonArray Rejected(IntakeResult result) => new([.. result.Refused.Select(problem =>
    {
        var one = Details(problem);
        one["error"] = problem.Message;
        one["code"] = problem.Code;
        return one;
    })]);

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
        if (problem.Stack is { } stack)
            details["stack"] = stack;
        return details;
    }
}
