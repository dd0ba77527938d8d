using System.Globalization;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>One proxy in front of one origin whose WebSockets come over HTTP, shared by the tests of a class.</summary>
public sealed class ProxyOverHttp : ProxyWithOrigin
{
    private int _lastNumber;

    /// <summary>Opens a WebSocket to an endpoint of its own.</summary>
    /// <param name="endpoint">The origin's side.</param>
    /// <param name="kind">Begin of its path, which chooses the route.</param>
    public Task<RawWebSocket> OpenAsync(EventsEndpoint endpoint, string kind = "/plain/")
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"{kind}{Interlocked.Increment(ref _lastNumber)}");
        Origin.On(path, endpoint.AnswerAsync);
        return RawWebSocket.ConnectAsync(Proxy.Client, path);
    }

    protected override void Configure(ProxySetup setup) => setup
        // An item whose predecessor is lost does not wait long for it.
        .Set("handler", "message_wait", "100")
        .Route($"*,path_beg=/auto-pong/ {Origin.Address},over_http,auto_pong")
        .Route($"*,path_beg=/failover/ 127.0.0.1:{FreePorts.Take()},over_http {Origin.Address},over_http")
        .Route($"*,path_beg=/plain/ {Origin.Address},over_http");
}
