using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Admin.Http;

/// <summary>One answer of the admin API. Immutable.</summary>
internal sealed record AdminAnswer
{
    // For programs and terminals, never inside a page.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>Media type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The body; empty: none.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Revision of what is shown, for <c>ETag</c>, or null.</summary>
    public long? Revision { get; init; }

    /// <summary>Value of <c>Allow</c>, or null.</summary>
    public string? Allow { get; init; }

    /// <summary>Seconds after which to ask again, or null.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Word of the error, or null: it is none.</summary>
    public string? Code { get; init; }

    /// <summary>True: what follows on the connection is in doubt, because the body was not read.</summary>
    public bool EndsConnection { get; init; }

    /// <summary>Writes the body, which has no end that is known; null: it is <see cref="Body"/>.</summary>
    public Func<HttpContext, Task>? Stream { get; init; }

    /// <summary>JSON.</summary>
    public static AdminAnswer Json(JsonNode json, int status = StatusCodes.Status200OK) =>
        new() { Status = status, Body = Encoding.UTF8.GetBytes(json.ToJsonString(Readable)) };

    /// <summary>Done, with nothing to say.</summary>
    public static AdminAnswer Nothing { get; } = new() { Status = StatusCodes.Status204NoContent };

    /// <summary>A list and where its next page begins.</summary>
    public static AdminAnswer List(IEnumerable<JsonNode> items, string? next) => Json(new JsonObject { ["items"] = new JsonArray([.. items]), ["next"] = next });

    /// <summary>Writes head and body.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (Stream is null)
            response.ContentLength = Status == StatusCodes.Status204NoContent ? null : Body.Length;
        if (Stream is not null || Body.Length > 0)
            response.ContentType = ContentType;
        if (Revision is { } revision)
            response.Headers.ETag = $"\"{revision}\"";
        if (Allow is not null)
            response.Headers.Allow = Allow;
        if (RetryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        if (EndsConnection)
            response.Headers.Connection = "close";
        // It may hold what only its caller may see.
        response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        if (Stream is not null)
            await Stream(context);
        else if (Body.Length > 0)
            await response.Body.WriteAsync(Body, CancellationToken.None);
    }
}
