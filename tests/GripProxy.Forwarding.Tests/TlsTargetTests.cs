using GripProxy.Forwarding.Tests.Support;

namespace GripProxy.Forwarding.Tests;

/// <summary>Targets behind TLS (RTE-30…33, RTE-38).</summary>
public sealed class TlsTargetTests : IDisposable
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: public.example:81\r\n\r\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("grip").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Handle_UnknownCertificate_IsNotReached()
    {
        await using var origin = new TlsOrigin();
        await using var front = await ProxyFront.StartAsync($"*,debug localhost:{origin.Port},ssl");

        var response = await front.SendAsync(Get);

        Assert.Equal((502, $"Unable to connect to any targets. Tried: localhost:{origin.Port}\n"), (response.Code, response.Body));
    }

    [Theory]
    [InlineData("insecure", "public.example")]
    [InlineData("insecure,host=inner.example", "inner.example")]
    [InlineData("insecure,trust_connect_host", "localhost")]
    public async Task Handle_Insecure_NamesTheRightHost(string options, string name)
    {
        await using var origin = new TlsOrigin();
        await using var front = await ProxyFront.StartAsync($"* localhost:{origin.Port},ssl,{options}");

        var response = await front.SendAsync(Get);

        Assert.Equal((200, "safe", name), (response.Code, response.Body, origin.ServerName));
        Assert.Null(origin.ClientSubject);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",trust_connect_host")]
    public async Task Handle_ClientCertificate_IsShown(string options)
    {
        using var certificate = TlsOrigin.MakeCertificate("proxy.test");
        using var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate);
        var (file, keyFile) = (Path.Combine(_folder, "c.crt"), Path.Combine(_folder, "c.key"));
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key!.ExportPkcs8PrivateKeyPem()); // Just made with one.
        await using var origin = new TlsOrigin();
        await using var front = await ProxyFront.StartAsync($"* localhost:{origin.Port},ssl,insecure{options},client_cert={file},client_key={keyFile}");

        Assert.Equal("safe", (await front.SendAsync(Get)).Body);
        Assert.Equal("CN=proxy.test", origin.ClientSubject);
    }
}
