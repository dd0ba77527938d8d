using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace GripProxy.Proxy.Listeners;

/// <summary>The server for clients: limits of HTTP-02 and HTTP-22.</summary>
internal static class ClientListener
{
    /// <summary>Builds it; nothing listens yet.</summary>
    public static ListenerServer Build(ClientListenerOptions options, RequestDelegate handler, ILoggerFactory logs) =>
        ListenerServer.Build(
            options.Listen,
            kestrel => Configure(kestrel, options),
            error => ClientFramingText.For(error, options.BufferSize),
            FramingGuard.Before(handler),
            logs);

    private static void Configure(KestrelServerOptions kestrel, ClientListenerOptions options)
    {
        // Header values pass as the bytes they are, in both directions.
        kestrel.RequestHeaderEncodingSelector = static name => name == HeaderNames.ContentLength ? LengthEncoding.Instance : Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;

        // The host of an absolute target counts, whatever the Host header says (RFC 9112, 3.2.2; DIF-25).
        kestrel.AllowHostHeaderOverride = true;

        var limits = kestrel.Limits;
        // The forwarder streams bodies of any size; slow clients and long silence are what this proxy is for.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.KeepAliveTimeout = options.IdleTimeout;
        limits.RequestHeadersTimeout = options.HeadTimeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : options.HeadTimeout;
        limits.MaxRequestHeaderCount = options.MaxHeaders == 0 ? int.MaxValue : options.MaxHeaders;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = null;
        // A head must fit into the read buffer, whose default is 1 MiB.
        limits.MaxRequestBufferSize = Math.Max(limits.MaxRequestBufferSize ?? 0, options.BufferSize);
        limits.MaxRequestLineSize = options.BufferSize;
        limits.MaxRequestHeadersTotalSize = options.BufferSize;
    }
}
