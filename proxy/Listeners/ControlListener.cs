using System.Net;
using GripProxy.Control;
using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace GripProxy.Proxy.Listeners;

/// <summary>The server for publishers (PUB-01, PUB-02), and the one for health probes beside it (own-config.md, health_listen).</summary>
internal static class ControlListener
{
    // As in Pushpin: publishers are few.
    private const int MaxConnections = 128;

    /// <summary>Builds it; nothing listens yet.</summary>
    public static ListenerServer Build(IPEndPoint listen, ControlOptions options, RequestDelegate handler, ILoggerFactory logs) =>
        ListenerServer.Build([new ListenAddress(listen.Address, listen.Port)], kestrel => Configure(kestrel, options), Answer, handler, logs);

    private static void Configure(KestrelServerOptions kestrel, ControlOptions options)
    {
        kestrel.RequestHeaderEncodingSelector = static name => name == HeaderNames.ContentLength ? LengthEncoding.Instance : null;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        ControlServerLimits.Apply(kestrel.Limits, options);
        HalfClosedConnections.Serve(kestrel);
    }

    private static FramingReply Answer(BadHttpRequestException error)
    {
        var (status, body) = ControlFramingText.For(error.StatusCode, error.Message);
        return new FramingReply(status, body);
    }
}
