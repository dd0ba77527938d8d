using BenchmarkDotNet.Attributes;
using GripProxy.Forwarding;
using GripProxy.Forwarding.Headers;
using GripProxy.Forwarding.Http;
using GripProxy.Forwarding.Requests;
using GripProxy.Protocol.Configuration;
using GripProxy.Protocol.Routes;
using GripProxy.Security;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Benchmarks;

/// <summary>The headers of a request to the origin, signature included (HTTP-03, HTTP-05…08).</summary>
public class RequestHeaderBenchmarks
{
    private readonly RequestHeaderRules _rules = new(new ForwardingOptions());
    private ClientRequest? _request;
    private RouteModel? _route;
    private GripSigner? _signer;

    [GlobalSetup]
    public void Setup()
    {
        var context = new DefaultHttpContext();
        var headers = context.Request.Headers;
        headers.Host = "example.com";
        headers.UserAgent = "Mozilla/5.0 (X11; Linux x86_64)";
        headers.Accept = "text/html,application/xhtml+xml";
        headers.AcceptLanguage = "en";
        headers.AcceptEncoding = "gzip, deflate, br";
        headers.Cookie = "session=0123456789abcdef";
        headers.Connection = "keep-alive";
        _request = new ClientRequest
        {
            Context = context,
            Target = RequestTarget.FromPathAndQuery("/path?query=1"),
            Host = "example.com",
            IsSecure = false,
            IsWebSocket = false,
            IsTrusted = false,
            Body = null,
        };
        if (!GripKey.TryRead("changeme", "/", out var key, out var error))
            throw new InvalidOperationException(error);
        _signer = new GripSigner(key, "pushpin", TimeProvider.System);
        _route = new RouteModel(RouteFileReader.ReadLines(["* 127.0.0.1:80"], "/", new List<ConfigProblem>())[0], _signer, []);
    }

    [Benchmark]
    public HttpRequestMessage Apply()
    {
        var message = new HttpRequestMessage();
        _rules.Apply(_request!, _route!, "example.com", lastIds: null, message);
        return message;
    }

    [Benchmark]
    public string Signature() => _signer!.Token;
}
