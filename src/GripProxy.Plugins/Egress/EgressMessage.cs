using System.Net.Http.Headers;
using GripProxy.Protocol.Http;

namespace GripProxy.Plugins.Egress;

/// <summary>Between requests of plugins and those of the framework. Stateless.</summary>
internal static class EgressMessage
{
    private static readonly HashSet<string> OfConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Transfer-Encoding", "Content-Length", "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect",
    };

    private static readonly HashSet<string> Secret = new(StringComparer.OrdinalIgnoreCase) { "Authorization", "Cookie", "Cookie2" };

    private static readonly System.Buffers.SearchValues<char> TokenCharacters =
        System.Buffers.SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>What of a request cannot be sent, or null.</summary>
    public static string? Problem(EgressRequest request)
    {
        if (!IsToken(request.Method) || request.Method.ToUpperInvariant() is "CONNECT" or "TRACE" or "TRACK")
            return $"'{request.Method}' is no method that can be sent";
        foreach (var field in request.Headers)
        {
            if (!IsToken(field.Name))
                return $"'{field.Name}' is no name of a header";
            if (field.Value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0 || field.Value.Any(one => one > 255))
                return $"the header '{field.Name}' has characters that cannot be sent";
        }

        return null;
    }

    /// <summary>The message for one leg of a request.</summary>
    /// <param name="method">The method, which redirects change.</param>
    /// <param name="url">Where it goes.</param>
    /// <param name="hostOf">The address whose host is named.</param>
    /// <param name="request">The rest.</param>
    /// <param name="hasBody">False once a redirect has dropped the body.</param>
    /// <param name="isForeign">True once a redirect has left the first origin: what is secret stays there.</param>
    /// <param name="userAgent">Where the request names none.</param>
    public static HttpRequestMessage Write(string method, Uri url, Uri hostOf, EgressRequest request, bool hasBody, bool isForeign, string userAgent)
    {
        var message = new HttpRequestMessage(HttpMethod.Parse(method), url);
        if (hasBody && request.Body is { } body)
            message.Content = new ReadOnlyMemoryContent(body);
        foreach (var field in request.Headers)
        {
            if (OfConnection.Contains(field.Name) || field.Name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase) || (isForeign && Secret.Contains(field.Name)))
                continue;
            if (!message.Headers.TryAddWithoutValidation(field.Name, field.Value))
                message.Content?.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        if (!message.Headers.Contains("User-Agent"))
            message.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        if (!message.Headers.Contains("Accept"))
            message.Headers.TryAddWithoutValidation("Accept", "*/*");
        message.Headers.Host = hostOf.Authority;
        return message;
    }

    /// <summary>The header fields of an answer.</summary>
    public static IReadOnlyList<HeaderField> Fields(HttpResponseMessage response) =>
    [
        .. Fields(response.Headers.NonValidated),
        .. Fields(response.Content.Headers.NonValidated),
    ];

    private static IEnumerable<HeaderField> Fields(HttpHeadersNonValidated headers) =>
        headers.SelectMany(header => header.Value.Select(value => new HeaderField(header.Key, value)));

    private static bool IsToken(string text) => text.Length is > 0 and <= 256 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);
}
