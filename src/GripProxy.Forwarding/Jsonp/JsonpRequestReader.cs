using System.Buffers;
using System.Text;
using System.Text.Json;
using GripProxy.Forwarding.Answers;
using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Requests;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Routes;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Forwarding.Jsonp;

/// <summary>Finds the request that a script URL stands for (HTTP-40, RTE-24). Stateless.</summary>
internal static class JsonpRequestReader
{
    private static readonly SearchValues<char> InCallback = SearchValues.Create(
        "_$.[]\"'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Puts the request that is meant in the place of a GET that asks for JSON-P; leaves any other as it is.</summary>
    /// <returns>None, or which parameter is wrong; then the request is as it was.</returns>
    public static RequestError Apply(ClientRequest request, JsonpConfig config)
    {
        if (request.IsWebSocket || !HttpMethods.IsGet(request.Method) || request.Target.Query.Length <= 1)
            return RequestError.None;
        var query = new QueryParameters(request.Target.Query);
        var isCalled = query.Has(config.CallbackParameter);
        if (!isCalled && (config.DefaultCallback is null || config.BodyParameter is null || !query.Has(config.BodyParameter)))
            return RequestError.None;

        var callback = isCalled ? Encoding.UTF8.GetString(query.Take(config.CallbackParameter)!) : config.DefaultCallback!; // Seen above.
        if (isCalled && !IsCallback(callback))
            return RequestError.InvalidCallback;
        var method = query.Take("_method") is { } named ? Encoding.Latin1.GetString(named) : config.DefaultMethod;
        if (!HeaderText.IsToken(method) || HttpMethods.IsConnect(method))
            return RequestError.InvalidMethodParameter;
        IHeaderDictionary headers = new HeaderDictionary();
        if (query.Take("_headers") is { } given && !TryReadHeaders(given, headers))
            return RequestError.InvalidHeadersParameter;
        var body = query.Take(config.BodyParameter ?? "_body");
        if (body is { Length: 0 })
            return config.BodyParameter is null ? RequestError.InvalidUnderscoreBodyParameter : RequestError.InvalidBodyParameter;

        Complete(headers, request.Headers, body, isJson: body is not null && config.BodyParameter is not null);
        var target = RequestTarget.FromPathAndQuery(request.Target.Path + query);
        request.Become(method, target, headers, body, new JsonpCall(callback, config.Mode == JsonpMode.Extended));
        return RequestError.None;
    }

    /// <summary>True if it can be the name of a function, and nothing else.</summary>
    public static bool IsCallback(string callback)
    {
        // Pushpin lets anything pass. What is no name of a function would let a foreign page write our script.
        foreach (var c in callback)
        {
            if (!InCallback.Contains(c) && !(c > '\u007f' && char.IsLetter(c)))
                return false;
        }

        return callback.Length > 0;
    }

    private static bool TryReadHeaders(byte[] json, IHeaderDictionary headers)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return false;
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.String || !TryAdd(member.Name, member.Value.GetString() ?? "", headers))
                    return false;
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON; or half a surrogate pair in a string.
            return false;
        }
    }

    private static bool TryAdd(string name, string value, IHeaderDictionary headers)
    {
        if (!HeaderText.IsToken(name) || value.AsSpan().ContainsAnyInRange('\0', '\u001f'))
            return false;
        // Host and Accept are given below; the others belong to the connection or the body, which is ours to describe.
        var isOurs = RequestHeaderKinds.Of(name) is RequestHeaderKind.Host or RequestHeaderKind.Hop or RequestHeaderKind.ContentLength
            or RequestHeaderKind.Upgrade;
        if (!isOurs && !name.Equals("Accept", StringComparison.OrdinalIgnoreCase))
            headers[name] = HeaderText.FromUnicode(value.Trim());
        return true;
    }

    private static void Complete(IHeaderDictionary headers, IHeaderDictionary client, byte[]? body, bool isJson)
    {
        if (isJson)
            headers.ContentType = "application/json";
        headers.Host = client.Host;
        headers.Accept = "*/*";
        headers.ContentLength = body?.Length;
        foreach (var (name, values) in client)
        {
            if (!headers.ContainsKey(name) && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                headers[name] = values;
        }
    }
}
