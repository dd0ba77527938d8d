using System.Collections.Frozen;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect.Cluster;
using GripProxy.Security.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace GripProxy.Control.Inspect;

/// <summary>Finds the endpoint of a path below <c>/v1/</c>; that path itself tells which there are. Immutable.</summary>
internal sealed class OwnPaths
{
    private const string Root = "/v1";
    private const string Prefix = Root + "/";

    private readonly FrozenDictionary<string, IOwnEndpoint> _endpoints;

    private readonly OtherPaths _elsewhere;

    /// <summary>Answers for this node what other nodes pass on, too.</summary>
    public OwnPaths(IEnumerable<IOwnEndpoint> endpoints, OtherNodes others, OtherPaths elsewhere)
    {
        _elsewhere = elsewhere;
        _endpoints = endpoints.ToFrozenDictionary(static endpoint => endpoint.Name, StringComparer.Ordinal);
        others.Serve(AnswerPassedOnAsync);
    }

    /// <summary>True if the path is one of ours, also if nothing is there.</summary>
    public static bool Serves(string path) => path == Root || path.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The answer: of the endpoint, or that there is none, or that the method is wrong.</summary>
    public async ValueTask<ControlAnswer> AnswerAsync(HttpRequest request, ControlTarget target, ChannelScope scope)
    {
        if (target.Path == Root)
            return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? Index() : Problem.MethodNotAllowed(request.Method, "GET, HEAD");
        // Split before it is decoded: a %2F is part of a name.
        var segments = target.Path[Prefix.Length..].Split('/');
        if (!_endpoints.TryGetValue(segments[0], out var endpoint) || !endpoint.Serves(segments.Length - 1))
            return Problem.NotFound("nothing is at this path; /v1/ tells what there is");
        if (request.Method != endpoint.Method && !(HttpMethods.IsHead(request.Method) && HttpMethods.IsGet(endpoint.Method)))
            return Problem.MethodNotAllowed(request.Method, HttpMethods.IsGet(endpoint.Method) ? "GET, HEAD" : endpoint.Method);
        return await endpoint.AnswerAsync(new OwnRequest(
            request, [.. segments.Skip(1).Select(Uri.UnescapeDataString)], QueryHelpers.ParseQuery(target.Query), scope));
    }

    private ControlAnswer Index() => JsonAnswer.Of(200, json =>
    {
        json.WriteStartArray("paths");
        foreach (var name in _endpoints.Keys.Concat(_elsewhere.Names()).Order(StringComparer.Ordinal))
            json.WriteStringValue(Prefix + name);
        json.WriteEndArray();
    });

    private async Task<ReadOnlyMemory<byte>> AnswerPassedOnAsync(ReadOnlyMemory<byte> question)
    {
        var (name, request) = PassedOn.Read(question);
        return _endpoints.TryGetValue(name, out var endpoint) && endpoint.IsForAllNodes ? PassedOn.Write(await endpoint.AnswerAsync(request)) : default;
    }
}
