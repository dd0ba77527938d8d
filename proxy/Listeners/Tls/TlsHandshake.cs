using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Listeners.Tls;

/// <summary>
/// TLS in front of HTTP (CFG-20): chooses the certificate, and the protocol by ALPN. Versions are those of Mozilla's "intermediate"
/// recommendation (DIF-62); ciphers are the framework's, all with forward secrecy: naming them would cost each connection a TLS context of
/// its own, and clients the resumption of sessions. Immutable.
/// </summary>
internal sealed partial class TlsHandshake(CertificateStore certificates, bool http2, ILogger<TlsHandshake> logger)
{
    // A fatal alert: unrecognized_name (RFC 6066, 3). The framework would close without a word.
    private static readonly byte[] NoSuchName = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70];

    private static readonly List<SslApplicationProtocol> Http1 = [SslApplicationProtocol.Http11];
    private static readonly List<SslApplicationProtocol> Http1And2 = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

#pragma warning disable CA5398 // The versions are a rule of DIF-62, not the machine's choice.
    private const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;
#pragma warning restore CA5398

    /// <summary>A listener over TCP that speaks TLS.</summary>
    public ListenPoint ListenOn(ListenAddress address) => new(address.EndPoint, Configure);

    private void Configure(ListenOptions listen)
    {
        listen.Protocols = http2 ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = ChooseAsync });
    }

    private async ValueTask<SslServerAuthenticationOptions> ChooseAsync(TlsHandshakeCallbackContext context)
    {
        // TLS is on TCP listeners only: there is none where the connection has been cut meanwhile.
        if (context.Connection.LocalEndPoint is not IPEndPoint { Port: var port })
            throw new ConnectionAbortedException();
        var name = context.ClientHelloInfo.ServerName;
        if (certificates.Find(name, port) is not { } certificate)
        {
            Log.NoCertificate(logger, CertificateName.Normalize(name) ?? "", port);
            await context.Connection.Transport.Output.WriteAsync(NoSuchName, context.CancellationToken);
            throw new AuthenticationException("no certificate for the requested name");
        }

        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate,
            ApplicationProtocols = http2 ? Http1And2 : Http1,
            EnabledSslProtocols = Versions,
            AllowRenegotiation = false,
        };
    }
}
