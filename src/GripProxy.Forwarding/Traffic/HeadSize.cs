using System.Net.Http.Headers;
using GripProxy.Forwarding.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Forwarding.Traffic;

/// <summary>
/// Estimates heads as Pushpin does (STA-08): the lengths of method, path, names and values; or of code, reason, names and values. What separates
/// them does not count. Stateless.
/// </summary>
internal static class HeadSize
{
    private const int CodeLength = 3;

    /// <summary>The head of a client's request.</summary>
    public static long Of(ClientRequest request) => request.Method.Length + request.Target.Value.Length + Of(request.Headers);

    /// <summary>The head of the answer to a client, as far as it is set now.</summary>
    public static long Of(HttpResponse response) =>
        CodeLength + (response.HttpContext.Features.Get<IHttpResponseFeature>()?.ReasonPhrase?.Length ?? 0) + Of(response.Headers);

    /// <summary>The head of a request to an origin.</summary>
    public static long Of(HttpRequestMessage request) =>
        request.Method.Method.Length + (request.RequestUri?.PathAndQuery.Length ?? 0) + Of(request.Headers) + Of(request.Content?.Headers);

    /// <summary>The head of an origin's answer.</summary>
    public static long Of(HttpResponseMessage response) =>
        CodeLength + (response.ReasonPhrase?.Length ?? 0) + Of(response.Headers) + Of(response.Content.Headers);

    private static long Of(IHeaderDictionary headers)
    {
        long size = 0;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                size += name.Length + (value?.Length ?? 0);
        }

        return size;
    }

    private static long Of(HttpHeaders? headers)
    {
        long size = 0;
        if (headers is null)
            return size;
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
                size += name.Length + value.Length;
        }

        return size;
    }
}
