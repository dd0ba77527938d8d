using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using GripProxy.Proxy.Listeners;
using GripProxy.Testing;

namespace GripProxy.Proxy.Tests.Listeners.Tls;

/// <summary>Real TLS clients at a real listener.</summary>
public sealed class TlsHandshakeTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-test");

    // Set before any test runs.
    private ClientServer _server = null!;

    public async Task InitializeAsync() => _server = await ClientServer.StartAsync(Options());

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Request_OverTls_HasSchemeHttps()
    {
        WriteDefault();
        using var client = ClientServer.Client(_server.Address);

        Assert.Equal("HTTP/1.1 https a.example", await client.GetStringAsync(new Uri("https://a.example/")));
    }

    [Fact]
    public async Task Request_Http2_IsNegotiated()
    {
        WriteDefault();
        using var client = ClientServer.Client(_server.Address, HttpVersion.Version20);

        Assert.Equal("HTTP/2 https a.example", await client.GetStringAsync(new Uri("https://a.example/")));
    }

    [Fact]
    public async Task Handshake_Http2SwitchedOff_IsHttp1()
    {
        WriteDefault();
        var options = Options();
        options.Http2 = false;
        await using var server = await ClientServer.StartAsync(options);
        TestCertificate.Write(_folder.FullName, $"default_{server.Address.Port}", "a.example");

        await using var tls = await ConnectAsync(server, "a.example", SslProtocols.None, SslApplicationProtocol.Http2, SslApplicationProtocol.Http11);

        Assert.Equal(SslApplicationProtocol.Http11, tls.NegotiatedApplicationProtocol);
    }

    [Fact]
    public async Task Handshake_NamedHost_GetsItsCertificate()
    {
        var fallback = WriteDefault();
        var exact = TestCertificate.Write(_folder.FullName, "a.example.com", "a.example.com");
        var wildcard = TestCertificate.Write(_folder.FullName, "_.example.com", "*.example.com");

        Assert.Equal(exact, await PresentedAsync("a.example.com"));
        Assert.Equal(exact, await PresentedAsync("A.EXAMPLE.COM"));
        Assert.Equal(wildcard, await PresentedAsync("b.example.com"));
        Assert.Equal(fallback, await PresentedAsync("c.b.example.com"));
        Assert.Equal(fallback, await PresentedAsync(""));
    }

    [Fact]
    public async Task Handshake_RenewedCertificate_IsPresented()
    {
        var old = WriteDefault();
        Assert.Equal(old, await PresentedAsync("a.example"));

        var renewed = WriteDefault();

        Assert.Equal(renewed, await PresentedAsync("a.example"));
    }

    [Fact]
    public async Task Handshake_NoCertificate_IsRefusedByAFatalAlert()
    {
        await using var wire = await ClientServer.ConnectAsync(_server.Address);
        await using var tap = new Tap(wire);
        await using var tls = new SslStream(tap);

        await Assert.ThrowsAnyAsync<Exception>(() => tls.AuthenticateAsClientAsync("a.example").WaitAsync(ClientServer.Patience));

        // Alert, TLS 1.2, two bytes: fatal, unrecognized name.
        Assert.Equal([0x15, 3, 3, 0, 2, 2, 112], tap.Received);
    }

    [Fact]
    public async Task Handshake_NoCertificateForOne_OthersAreServed()
    {
        TestCertificate.Write(_folder.FullName, "a.example", "a.example");

        await Assert.ThrowsAnyAsync<Exception>(() => PresentedAsync("b.example"));

        Assert.NotEmpty(await PresentedAsync("a.example"));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Handshake_VersionOfToday_IsAccepted(SslProtocols version)
    {
        WriteDefault();

        await using var tls = await ConnectAsync(_server, "a.example", version);

        Assert.Equal(version, tls.SslProtocol);
    }

    [Fact]
    public async Task Handshake_OldVersion_IsRefused()
    {
        WriteDefault();

#pragma warning disable SYSLIB0039, CA5397 // What must not work.
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(_server, "a.example", SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
    }

    [Fact]
    public async Task Request_PlainHttpOnTlsPort_EndsThatConnectionOnly()
    {
        WriteDefault();

        Assert.DoesNotContain("200", await RawHttp.ExchangeAsync(_server.Address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), StringComparison.Ordinal);

        Assert.NotEmpty(await PresentedAsync("a.example"));
    }

    private ClientListenerOptions Options() => new() { TlsListen = [ClientServer.AnyPort], CertificateFolder = _folder.FullName };

    private string WriteDefault() => TestCertificate.Write(_folder.FullName, $"default_{_server.Address.Port}", "a.example");

    private async Task<string> PresentedAsync(string host)
    {
        await using var tls = await ConnectAsync(_server, host, SslProtocols.None);
        return tls.RemoteCertificate!.GetCertHashString(); // servers have one
    }

    private static async Task<SslStream> ConnectAsync(ClientServer server, string host, SslProtocols version, params SslApplicationProtocol[] protocols)
    {
        var tls = new SslStream(await ClientServer.ConnectAsync(server.Address));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = version,
            ApplicationProtocols = [.. protocols],
            AllowTlsResume = false,
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        }).WaitAsync(ClientServer.Patience);
        return tls;
    }

    /// <summary>Remembers what is read through it.</summary>
    private sealed class Tap(Stream inner) : Stream
    {
        public List<byte> Received { get; } = [];

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            Received.AddRange(buffer.Span[..count]);
            return count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.WriteAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
