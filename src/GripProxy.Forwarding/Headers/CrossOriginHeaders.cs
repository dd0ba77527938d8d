using System.Text;
using GripProxy.Protocol.Instructs;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.Headers;

/// <summary>The CORS headers of <c>auto_cross_origin</c> and route option <c>aco</c> (HTTP-39).</summary>
internal static class CrossOriginHeaders
{
    /// <summary>Adds what the origin did not set itself. The other headers of the response must be there already.</summary>
    public static void Add(HttpRequest request, HttpResponse response)
    {
        var headers = response.Headers;
        // Computed before anything is added, and from everybody's headers but ours.
        var exposed = headers.AccessControlExposeHeaders.Count == 0 ? Exposed(headers) : "";
        Set(headers, "Access-Control-Allow-Methods", Or(request.Headers.AccessControlRequestMethod.ToString(), "OPTIONS, HEAD, GET, POST, PUT, DELETE"));
        Set(headers, "Access-Control-Allow-Headers", request.Headers.AccessControlRequestHeaders.ToString());
        Set(headers, "Access-Control-Expose-Headers", exposed);
        Set(headers, "Access-Control-Allow-Credentials", "true");
        Set(headers, "Access-Control-Allow-Origin", Or(request.Headers.Origin.ToString(), "*"));
        Set(headers, "Access-Control-Max-Age", "3600");
    }

    private static void Set(IHeaderDictionary headers, string name, string value)
    {
        if (value.Length > 0 && !headers.ContainsKey(name))
            headers[name] = value;
    }

    private static string Or(string value, string fallback) => value.Length == 0 ? fallback : value;

    private static string Exposed(IHeaderDictionary headers)
    {
        var names = new StringBuilder();
        foreach (var (name, _) in headers)
        {
            if (IsAlwaysVisible(name) || GripMarkers.IsGripHeader(name) || name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase))
                continue;
            names.Append(names.Length == 0 ? "" : ", ").Append(name);
        }

        return names.ToString();
    }

    private static bool IsAlwaysVisible(string name) => name.ToUpperInvariant() is "CACHE-CONTROL" or "CONTENT-LANGUAGE" or "CONTENT-LENGTH"
        or "CONTENT-TYPE" or "EXPIRES" or "LAST-MODIFIED" or "PRAGMA" or "CONNECTION" or "TRANSFER-ENCODING";
}
