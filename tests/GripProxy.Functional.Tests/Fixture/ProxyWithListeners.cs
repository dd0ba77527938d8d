using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Fixture;

/// <summary>One proxy that listens in every way there is, in front of one origin.</summary>
public sealed class ProxyWithListeners : ProxyWithTalk
{
    private readonly int _tlsPort = FreePorts.Take();

    private IPEndPoint Tls => new(IPAddress.Loopback, _tlsPort);

    private UnixDomainSocketEndPoint Local => new(Path.Combine(Proxy.Folder, "run", "client.sock"));

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        TestCertificate.Write(
            Path.Combine(Proxy.Folder, "runner", "certs"), string.Create(CultureInfo.InvariantCulture, $"default_{_tlsPort}"), "example.test");
    }

    /// <summary>A client over one kind of listener; with HTTP/2 all its requests share one connection.</summary>
    public HttpClient Client(Transport transport)
    {
        EndPoint address = transport switch
        {
            Transport.Unix => Local,
            Transport.Tls or Transport.TlsHttp2 => Tls,
            _ => Proxy.Client,
        };
        bool http2 = transport is Transport.TlsHttp2 or Transport.PlainHttp2;
        SocketsHttpHandler handler = new()
        {
            ConnectCallback = async (_, cancellationToken) => await ConnectAsync(address, cancellationToken),
            // Nobody signed it.
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
        };
        return new HttpClient(handler)
        {
            BaseAddress = new Uri(transport is Transport.Tls or Transport.TlsHttp2 ? "https://example.test" : "http://example.test"),
            DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    protected override void Configure(ProxySetup setup)
    {
        base.Configure(setup);
        setup.Set("runner", "https_ports", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_tlsPort}"))
            // Relative to the working directory, which is the proxy's folder.
            .Set("runner", "local_ports", "run/client.sock?mode=600")
            .Set("proxy", "set_x_forwarded_protocol", "true")
            .Set("client", "h2c", "true");
    }

    private static async Task<Stream> ConnectAsync(EndPoint address, CancellationToken cancellationToken)
    {
        Socket socket = address is IPEndPoint
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(address, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
