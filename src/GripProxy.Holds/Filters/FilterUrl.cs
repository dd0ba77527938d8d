namespace GripProxy.Holds.Filters;

/// <summary>Finds the URL that a filter asks (FLT-08). Stateless.</summary>
internal static class FilterUrl
{
    /// <summary>Reads subscription meta <c>url</c>.</summary>
    /// <param name="meta">The subscription meta.</param>
    /// <param name="current">What a relative URL is relative to: the URI that the connection stands at, or null.</param>
    /// <param name="url">The absolute URL, if there is no error.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Find(IReadOnlyDictionary<string, string> meta, Uri? current, out Uri url)
    {
        url = null!; // Only read where there is no error.
        if (!meta.TryGetValue("url", out var text) || text.Length == 0)
            return "missing url value";
        // An absolute path looks like a file's name to the parser, so a base comes first.
        var isUri = current is null ? Uri.TryCreate(text, UriKind.Absolute, out var found) : Uri.TryCreate(current, text, out found);
        if (!isUri || HttpScheme(found!.Scheme) is not { } scheme)
            return "invalid url value";
        url = scheme == found.Scheme ? found : new UriBuilder(found) { Scheme = scheme, Port = found.IsDefaultPort ? -1 : found.Port }.Uri;
        return null;
    }

    private static string? HttpScheme(string scheme)
    {
        if (scheme == Uri.UriSchemeHttp || scheme == Uri.UriSchemeWs)
            return Uri.UriSchemeHttp;
        return scheme == Uri.UriSchemeHttps || scheme == Uri.UriSchemeWss ? Uri.UriSchemeHttps : null;
    }
}
