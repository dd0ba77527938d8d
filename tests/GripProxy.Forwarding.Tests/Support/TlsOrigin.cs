using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GripProxy.Forwarding.Tests.Support;

/// <summary>An origin behind TLS with a certificate of its own making; answers one request a connection.</summary>
internal sealed class TlsOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate = MakeCertificate("origin.test");

    public TlsOrigin()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Host that the last client named.</summary>
    public string? ServerName { get; private set; }

    /// <summary>Subject of the last client's certificate, or null.</summary>
    public string? ClientSubject { get; private set; }

    public static X509Certificate2 MakeCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var start = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var certificate = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(start, start.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    public ValueTask DisposeAsync()
    {
        _listener.Stop();
        _certificate.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                await ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(Choose, null, CancellationToken.None);
            ClientSubject = tls.RemoteCertificate?.Subject;
            _ = await tls.ReadAtLeastAsync(new byte[4096], 1);
            await tls.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nsafe"));
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The proxy did not like the certificate.
        }

        client.Dispose();
    }

    private ValueTask<SslServerAuthenticationOptions> Choose(SslStream stream, SslClientHelloInfo hello, object? state, CancellationToken cancellationToken)
    {
        ServerName = hello.ServerName;
        return ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificate = _certificate,
            ClientCertificateRequired = true,
#pragma warning disable CA5359 // The client's certificate is what the test looks at.
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
        });
    }
}
