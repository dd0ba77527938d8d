using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Admin.Http;

/// <summary>The errors of the admin API, in the form of control-extensions.md CTL-01 with the codes of plugins-http.md §3.4 and §4. Stateless.</summary>
internal static class AdminProblem
{
    /// <summary>404.</summary>
    public static AdminAnswer NotFound(string detail) => Answer(404, "not_found", "Not found", detail);

    /// <summary>400: a parameter or a member of the body is wrong.</summary>
    public static AdminAnswer Invalid(string detail) => Answer(400, "invalid_parameter", "Invalid parameter", detail);

    /// <summary>403: the token does not open this.</summary>
    public static AdminAnswer NotCovered(string detail) => Answer(403, "not_covered", "Not covered", detail);

    /// <summary>409: something else is in the way.</summary>
    public static AdminAnswer InUse(string detail) => Answer(409, "in_use", "In use", detail);

    /// <summary>412: somebody changed it meanwhile.</summary>
    public static AdminAnswer Revision(string detail) => Answer(412, "revision", "Another revision", detail);

    /// <summary>422: the configuration is not as the plugin's form says.</summary>
    /// <param name="reasons">What is wrong, by key.</param>
    public static AdminAnswer InvalidConfig(IReadOnlyDictionary<string, string> reasons) => Answer(
        422, "invalid_config", "Invalid configuration", string.Join("; ", reasons.Select(reason => $"{reason.Key}: {reason.Value}")),
        new JsonObject(reasons.Select(reason => KeyValuePair.Create<string, JsonNode?>(reason.Key, reason.Value))));

    /// <summary>503: it cannot be done now.</summary>
    public static AdminAnswer Unavailable(string detail) => Answer(503, "unavailable", "Unavailable", detail);

    /// <summary>503: nothing may be changed now.</summary>
    public static AdminAnswer ReadOnly(string detail) => Answer(503, "read_only", "Read only", detail);

    /// <summary>Any other.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">Word for programs.</param>
    /// <param name="title">The kind of problem in a few words.</param>
    /// <param name="detail">What was wrong and what was expected. Never a key or token.</param>
    /// <param name="details">More for programs, or null.</param>
    public static AdminAnswer Answer(int status, string code, string title, string detail, JsonObject? details = null) => AdminAnswer.Json(
        new JsonObject
        {
            ["type"] = "urn:gripproxy:" + code,
            ["title"] = title,
            ["status"] = status,
            ["detail"] = detail,
            ["code"] = code,
            ["details"] = details ?? [],
        },
        status) with { ContentType = "application/problem+json", Code = code };
}
