using System.Diagnostics.Metrics;
using System.Text;
using GripProxy.Proxy.Diagnostics;
using GripProxy.Proxy.Listeners.Admission;
using GripProxy.Proxy.Listeners.HandOver;
using GripProxy.Proxy.Listeners.Http2;
using GripProxy.Proxy.Listeners.Tls;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace GripProxy.Proxy.Listeners;

/// <summary>The server for clients: all its listeners (CFG-11), limits of HTTP-02 and HTTP-22.</summary>
internal static class ClientListener
{
    // Who is slow is given as long as for a head. The server looks once in a second.
    private static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LeastGrace = TimeSpan.FromSeconds(2);

    /// <summary>Builds it; nothing listens yet.</summary>
    public static ListenerServer Build(
        ClientListenerOptions options, RequestDelegate handler, IMeterFactory meters, TimeProvider time, ILoggerFactory logs)
    {
        var metrics = new ListenerMetrics(meters);
        var handOver = new ConnectionHandOver(options.IdleTimeout, time, logs.CreateLogger<ConnectionHandOver>());
        return ListenerServer.Build(
            new ListenerPlan
            {
                Points = Points(options, handOver, new Http2Guard(options, metrics, time, logs.CreateLogger<Http2Guard>()), time, logs),
                Configure = kestrel => Configure(kestrel, options),
                BadRequest = error => Answer(error, options, metrics),
                Handler = LayerAddresses.Before(Http2Headers.Before(Http2WebSockets.Before(FramingGuard.Before(handler, metrics)))),
                Gate = new AdmissionGate(options, metrics, time, logs.CreateLogger<AdmissionGate>()),
                HandOver = handOver,
            },
            logs);
    }

    private static FramingReply Answer(BadHttpRequestException error, ClientListenerOptions options, ListenerMetrics metrics)
    {
        metrics.Refused(ClientFramingText.ReasonOf(error));
        return ClientFramingText.For(error, options.BufferSize);
    }

    private static List<ListenPoint> Points(
        ClientListenerOptions options, ConnectionHandOver handOver, Http2Guard guard, TimeProvider time, ILoggerFactory logs)
    {
        var certificates = new CertificateStore(options.CertificateFolder, time, logs.CreateLogger<CertificatePair>());
        var tls = new TlsHandshake(certificates, options.Http2, logs.CreateLogger<TlsHandshake>());
        List<ListenPoint> points =
        [
            .. options.Listen.Select(address => ListenPoint.Plain(address) with { IsDirect = !options.Http2PriorKnowledge }),
            .. options.TlsListen.Select(tls.ListenOn),
            .. options.LocalListen.Select(local => ListenPoint.Local(local) with { IsDirect = true }),
        ];
        if (options.Http2PriorKnowledge)
            AddPriorKnowledge(points, options, time);
        for (var i = 0; i < points.Count; i++)
        {
            points[i] = points[i].EndPoint is Http2Handover
                ? points[i].Before(guard.Before)
                : points[i].Before(http => handOver.Before(http, guard.Before(http)));
        }

        return points;
    }

    private static void AddPriorKnowledge(List<ListenPoint> points, ClientListenerOptions options, TimeProvider time)
    {
        var handover = new Http2Handover();
        var preface = new PriorKnowledge(handover, options, time);
        for (var i = 0; i < options.Listen.Count; i++)
            points[i] = points[i].Before(preface.Before);

        points.Add(new ListenPoint(handover, static listen => listen.Protocols = HttpProtocols.Http2));
    }

    private static MinDataRate? Rate(int bytesPerSecond, TimeSpan grace)
    {
        if (bytesPerSecond == 0)
            return null;
        if (grace == TimeSpan.Zero)
            grace = DefaultGrace;
        return new MinDataRate(bytesPerSecond, grace < LeastGrace ? LeastGrace : grace);
    }

    private static void Configure(KestrelServerOptions kestrel, ClientListenerOptions options)
    {
        // Header values pass as the bytes they are, in both directions.
        kestrel.RequestHeaderEncodingSelector = static name => name == HeaderNames.ContentLength ? LengthEncoding.Instance : Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        // The host of an absolute target counts, whatever the Host header says (RFC 9112, 3.2.2; DIF-25).
        kestrel.AllowHostHeaderOverride = true;

        var limits = kestrel.Limits;
        // The forwarder streams bodies of any size; slow clients and long silence are what this proxy is for, unless somebody says otherwise.
        limits.MaxRequestBodySize = options.MaxBody == 0 ? null : options.MaxBody;
        limits.MinRequestBodyDataRate = Rate(options.BodyRate, options.HeadTimeout);
        limits.MinResponseDataRate = Rate(options.AnswerRate, options.HeadTimeout);
        limits.KeepAliveTimeout = options.IdleTimeout;
        limits.RequestHeadersTimeout = options.HeadTimeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : options.HeadTimeout;
        limits.MaxRequestHeaderCount = options.MaxHeaders == 0 ? int.MaxValue : options.MaxHeaders;
        // The gate counts them, before they are accepted.
        limits.MaxConcurrentConnections = null;
        limits.MaxConcurrentUpgradedConnections = null;
        // A head must fit into the read buffer, whose default is 1 MiB.
        limits.MaxRequestBufferSize = Math.Max(limits.MaxRequestBufferSize ?? 0, options.BufferSize);
        limits.MaxRequestLineSize = options.BufferSize;
        limits.MaxRequestHeadersTotalSize = options.BufferSize;
        limits.Http2.MaxRequestHeaderFieldSize = options.BufferSize;
    }
}
