using System.Buffers;
using System.Text.Json;
using GripProxy.Security.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace GripProxy.Dashboard.Http;

/// <summary>An error that the page shows to its reader, in the form of the control port (CTL-01). Immutable.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">The kind of problem in one word.</param>
/// <param name="Detail">What was wrong and what was expected. Never a key or token.</param>
internal sealed record DashboardProblem(int Status, string Code, string Detail)
{
    /// <summary>The dashboard has no keys any more and is not on loopback.</summary>
    public static DashboardProblem Closed { get; } = new(403, "not_covered", "no key is set, so the dashboard is open on loopback only");

    /// <summary>The credential has channel limits.</summary>
    public static DashboardProblem Limited { get; } = new(403, "not_covered", "the credential is limited to some channels, expected one without limits");

    /// <summary>Nothing is there.</summary>
    public static DashboardProblem NotFound { get; } = new(404, "not_found", "nothing is at this path");

    /// <summary>The method is wrong.</summary>
    public static DashboardProblem MethodNotAllowed { get; } = new(405, "method_not_allowed", "this method is not allowed here");

    /// <summary>Something failed here.</summary>
    public static DashboardProblem Failure { get; } = new(500, "failure", "the request failed, the log of the proxy says why");

    /// <summary>The request comes from elsewhere.</summary>
    public static DashboardProblem CrossSite(string detail) => new(403, "cross_site", detail);

    /// <summary>The credentials were refused.</summary>
    public static DashboardProblem Refused(ControlDecision decision) => new(decision.Status, decision.Code, decision.Detail);

    /// <summary>Sends it.</summary>
    public Task WriteAsync(HttpResponse response)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("type", "urn:gripproxy:" + Code);
            json.WriteNumber("status", Status);
            json.WriteString("detail", Detail);
            json.WriteString("code", Code);
            json.WriteEndObject();
        }

        response.StatusCode = Status;
        // No challenge for Basic: the browser would ask by itself, and then send the password with every request of every site.
        if (Status == StatusCodes.Status401Unauthorized)
            response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        response.ContentType = "application/problem+json";
        response.ContentLength = body.WrittenCount;
        return response.Body.WriteAsync(body.WrittenMemory).AsTask();
    }
}
