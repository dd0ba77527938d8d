using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GripProxy.Forwarding.Diagnostics;
using GripProxy.Protocol.Routes;
using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.Http;

/// <summary>
/// The HTTP clients towards origins with their connection pools: one for ordinary targets, further ones only where TLS settings or the
/// policy <c>untrusted</c> differ. Thread-safe; clients live as long as the process, because their number is that of distinct settings.
/// </summary>
internal sealed partial class OriginClients(ForwardingOptions options, ForwardingMetrics metrics, ILogger<OriginClients> logger) : IDisposable
{
    private const int ResponseHeadKilobytes = 64;

    private static readonly TimeSpan PoolTime = TimeSpan.FromSeconds(55);

    private readonly ConcurrentDictionary<OriginClientKey, Lazy<HttpMessageInvoker?>> _clients = new();

    /// <summary>The client of a target, or null if its certificate cannot be used.</summary>
    public HttpMessageInvoker? Get(TargetConfig target) =>
        _clients.GetOrAdd(OriginClientKey.Of(target), static (key, self) => new Lazy<HttpMessageInvoker?>(() => self.Create(key)), this).Value;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            if (client.IsValueCreated)
                client.Value?.Dispose();
        }
    }

    private HttpMessageInvoker? Create(OriginClientKey key)
    {
        var tls = new SslClientAuthenticationOptions();
        if (key.Insecure)
        {
#pragma warning disable CA5359 // RTE-31: the operator asked for it on this target.
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        if (key.Certificate is { } certificate && !TryUseCertificate(tls, certificate, key.CertificateKey))
            return null;
        return new HttpMessageInvoker(new OriginMeterHandler(new PromptBodyHandler(CreateHandler(key, tls)), metrics), disposeHandler: true);
    }

    private SocketsHttpHandler CreateHandler(OriginClientKey key, SslClientAuthenticationOptions tls)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            MaxConnectionsPerServer = int.MaxValue,
            MaxResponseHeadersLength = ResponseHeadKilobytes,
            PooledConnectionIdleTimeout = PoolTime,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            SslOptions = tls,
            UseCookies = false,
            UseProxy = false,
        };
        if (key.TrustConnectHost)
            handler.ConnectCallback = (context, cancellationToken) => ConnectTlsAsync(context, tls, key.Untrusted, cancellationToken);
        else if (key.Untrusted)
            handler.ConnectCallback = static (context, cancellationToken) => OutboundPolicy.ConnectAsync(context.DnsEndPoint, cancellationToken);
        return handler;
    }

    // The handler names the Host header's host in TLS. RTE-33 wants the connect host, so TLS is made here.
    private static async ValueTask<Stream> ConnectTlsAsync(
        SocketsHttpConnectionContext context, SslClientAuthenticationOptions settings, bool untrusted, CancellationToken cancellationToken)
    {
        var endpoint = context.DnsEndPoint;
        var stream = untrusted
            ? await OutboundPolicy.ConnectAsync(endpoint, cancellationToken)
            : await OutboundPolicy.ConnectAnyAsync(endpoint, cancellationToken);
        var tls = new SslStream(stream);
        try
        {
            var http2 = context.InitialRequestMessage.Version.Major == 2;
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = endpoint.Host,
                    ClientCertificates = settings.ClientCertificates,
                    RemoteCertificateValidationCallback = settings.RemoteCertificateValidationCallback,
                    ApplicationProtocols = http2 ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] : null,
                },
                cancellationToken);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    private bool TryUseCertificate(SslClientAuthenticationOptions tls, string certificate, string? key)
    {
        try
        {
            tls.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, key)];
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            Log.UnusableCertificate(logger, certificate, e.Message);
            return false;
        }
    }
}
