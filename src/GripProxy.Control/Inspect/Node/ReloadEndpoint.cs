using System.Globalization;
using System.Text.Json;
using GripProxy.Control.Access;
using GripProxy.Control.Diagnostics;
using GripProxy.Control.Http;
using GripProxy.Protocol.Configuration;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Inspect.Node;

/// <summary>Reads routes, keys and the like again, as a signal does, but all or nothing (CTL-06).</summary>
internal sealed class ReloadEndpoint(ReloadHandler handler) : IOwnEndpoint
{
    /// <inheritdoc/>
    public string Name => "reload";

    /// <inheritdoc/>
    public string Method => HttpMethods.Post;

    /// <inheritdoc/>
    public bool Serves(int segments) => segments == 0;

    /// <inheritdoc/>
    public async ValueTask<ControlAnswer> AnswerAsync(OwnRequest request)
    {
        if (!request.Scope.IsUnrestricted)
            return ControlAuthentication.LimitsNotAllowed;
        if (handler.Reload is not { } reload)
            return Problem.Answer(503, RefusalReason.Unavailable, "Unavailable", "this proxy was not started from files");
        var report = await reload();
        return report.Errors.Count > 0 ? Refuse(report.Errors) : JsonAnswer.Of(200, json =>
        {
            json.WriteStartArray("changed");
            foreach (var part in report.Changed)
                json.WriteStringValue(part);
            json.WriteEndArray();
        });
    }

    private static ControlAnswer Refuse(IReadOnlyList<ConfigProblem> errors) => Problem.Answer(
        422,
        RefusalReason.InvalidConfiguration,
        "Invalid configuration",
        $"{errors.Count} {(errors.Count == 1 ? "error" : "errors")}; what was loaded before stays in use",
        json =>
        {
            json.WriteStartArray("errors");
            foreach (var error in errors)
                Write(json, error);
            json.WriteEndArray();
        });

    private static void Write(Utf8JsonWriter json, ConfigProblem error)
    {
        var colon = error.Location.LastIndexOf(':');
        var hasLine = int.TryParse(error.Location.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line) && colon > 0;
        json.WriteStartObject();
        json.WriteString("file", hasLine ? error.Location[..colon] : error.Location);
        if (hasLine)
            json.WriteNumber("line", line);
        else
            json.WriteNull("line");
        json.WriteString("text", error.Text);
        json.WriteEndObject();
    }
}
