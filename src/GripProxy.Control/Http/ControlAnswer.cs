using System.Text;
using GripProxy.Control.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Http;

/// <summary>One answer of the control port, ready to be written. Immutable.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Exact value of <c>Content-Type</c>.</param>
/// <param name="Body">The whole body.</param>
internal sealed record ControlAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    private RequestDelegate? _others;

    /// <summary>Why the request was refused, for log and metric.</summary>
    public RefusalReason Reason { get; init; }

    /// <summary>What was wrong, for the log. Never a credential or a payload.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Value of <c>Allow</c>, or null.</summary>
    public string? Allow { get; init; }

    /// <summary>Value of <c>Preference-Applied</c>, or null.</summary>
    public string? PreferenceApplied { get; init; }

    /// <summary>Writes the body, which has no end that is known; null: it is <see cref="Body"/>.</summary>
    public Func<HttpContext, Task>? Stream { get; init; }

    /// <summary>True: the answer says <c>Connection: close</c>, because what follows on the connection is in doubt.</summary>
    public bool EndsConnection { get; init; }

    /// <summary>A text answer.</summary>
    public static ControlAnswer Text(int status, string text) => new(status, "text/plain", Encoding.UTF8.GetBytes(text));

    /// <summary>A text answer that refuses (PUB-02…05).</summary>
    public static ControlAnswer Refusal(int status, string text, RefusalReason reason) =>
        Text(status, text) with { Reason = reason, Detail = text.TrimEnd('\n') };

    /// <summary>A JSON answer.</summary>
    public static ControlAnswer Json(int status, ReadOnlyMemory<byte> json) => new(status, "application/json", json);

    /// <summary>The answer to what succeeded, in the form the client asked for (PUB-03).</summary>
    public static ControlAnswer Success(ReplyFormat format, string message) => format == ReplyFormat.Json
        ? Json(200, Encoding.UTF8.GetBytes($"{{\"message\":\"{message}\"}}\n"))
        : Text(200, message + "\n");

    /// <summary>Head and body are written by somebody else.</summary>
    public static ControlAnswer ByOthers(RequestDelegate answer) => new(0, "", default) { _others = answer };

    /// <summary>Writes head and body. A client that is gone is no error: the server drops what is written to it.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        if (_others is not null)
        {
            await _others(context);
            return;
        }

        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = ContentType;
        if (Stream is null)
            response.ContentLength = Body.Length;
        if (Allow is not null)
            response.Headers.Allow = Allow;
        if (PreferenceApplied is not null)
            response.Headers["Preference-Applied"] = PreferenceApplied;
        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (EndsConnection)
            response.Headers.Connection = "close";
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        if (Stream is not null)
            await Stream(context);
        else
            await response.Body.WriteAsync(Body, CancellationToken.None);
    }
}
