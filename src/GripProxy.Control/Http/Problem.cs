using System.Text.Json;
using GripProxy.Control.Diagnostics;

namespace GripProxy.Control.Http;

/// <summary>Writes the errors of what GripProxy adds to the control port: <c>application/problem+json</c> (CTL-01).</summary>
internal static class Problem
{
    /// <summary>404: nothing is here.</summary>
    public static ControlAnswer NotFound(string detail) => Answer(404, RefusalReason.NotFound, "Not found", detail);

    /// <summary>404: traces are not kept (CTL-09).</summary>
    public static ControlAnswer TraceOff { get; } =
        Answer(404, RefusalReason.TraceOff, "Traces are off", "no traces are kept, expected [control] trace_items above 0");

    /// <summary>405.</summary>
    /// <param name="method">What came.</param>
    /// <param name="allow">What may come, as in <c>Allow</c>.</param>
    public static ControlAnswer MethodNotAllowed(string method, string allow) =>
        Answer(405, RefusalReason.MethodNotAllowed, "Method not allowed", $"{method} is not allowed here, expected {allow}") with { Allow = allow };

    /// <summary>400: a parameter or a member of the body is wrong.</summary>
    public static ControlAnswer InvalidParameter(string detail) =>
        Answer(400, RefusalReason.InvalidParameter, "Invalid parameter", detail);

    /// <summary>One problem.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="reason">Why; its word is the code.</param>
    /// <param name="title">The kind of problem in a few words.</param>
    /// <param name="detail">What was wrong and what was expected. Never a key or token.</param>
    /// <param name="writeDetails">Writes members of <c>details</c>, or null: there are none.</param>
    public static ControlAnswer Answer(
        int status, RefusalReason reason, string title, string detail, Action<Utf8JsonWriter>? writeDetails = null)
    {
        var code = RefusalWord.Of(reason);
        var body = JsonAnswer.Bytes(json =>
        {
            json.WriteString("type", "urn:gripproxy:" + code);
            json.WriteString("title", title);
            json.WriteNumber("status", status);
            json.WriteString("detail", detail);
            json.WriteString("code", code);
            json.WriteStartObject("details");
            writeDetails?.Invoke(json);
            json.WriteEndObject();
        });
        return new ControlAnswer(status, "application/problem+json", body) { Reason = reason, Detail = detail };
    }
}
