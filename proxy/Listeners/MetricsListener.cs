using GripProxy.Control.Metrics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace GripProxy.Proxy.Listeners;

/// <summary>The server for Prometheus (STA-20).</summary>
internal static class MetricsListener
{
    // As in Pushpin.
    private const int MaxConnections = 16;

    /// <summary>Builds it; nothing listens yet.</summary>
    public static ListenerServer Build(MetricsListen listen, MetricsPage page, ILoggerFactory logs) => ListenerServer.Build(
        new ListenerPlan
        {
            Points = [listen.Local is { } local ? ListenPoint.Local(local) : ListenPoint.Plain(listen.Tcp!.Value)], // It is one or the other.
            Configure = Configure,
            BadRequest = Answer,
            Handler = context => page.HandleAsync(context, listen.Prefix),
        },
        logs);

    private static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
    }

    private static FramingReply Answer(BadHttpRequestException error) => new(error.StatusCode, "Bad Request\n");
}
