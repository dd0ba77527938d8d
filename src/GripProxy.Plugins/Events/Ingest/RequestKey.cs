using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>The key or token that a request names outside its body (plugins-http.md §2). Stateless.</summary>
internal static class RequestKey
{
    private const string Bearer = "Bearer ";

    private static readonly string[] Parameters = ["api_key", "token"];

    /// <summary>The first one of query and headers, or null.</summary>
    public static string? Of(HttpRequest request)
    {
        foreach (var name in Parameters)
        {
            if (request.Query[name].ToString() is { Length: > 0 } key)
                return key;
        }

        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization[Bearer.Length..].Trim();
        return request.Headers["X-Api-Key"].ToString() is { Length: > 0 } header ? header : null;
    }
}
