using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests;

/// <summary>
/// Certificates and the set-up file of plugins change under a running proxy in each of the ways there are; what is held stays, and what is bad changes nothing. Routes, keys and
/// limits: <see cref="ReloadLimitsTests"/>.
/// </summary>
public sealed class ReloadPartsTests
{
    private const string Host = "example.test";

    private readonly int _tlsPort = FreePorts.Take();

    [Fact]
    public async Task CertificatesAndPlugins_Change_AndWhatIsHeldStays()
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(
            "export const processEvent = (event, { config }) => { console.log(`saw ${event.event} ${config.word}`); return event }",
            config: """{"word":"first"}""",
            more: setup => setup.Set("runner", "https_ports", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_tlsPort}")));
        string certificates = Path.Combine(world.Proxy.Folder, "runner", "certs");
        string name = string.Create(CultureInfo.InvariantCulture, $"default_{_tlsPort}");
        string current = TestCertificate.Write(certificates, name, Host);
        string setUp = await File.ReadAllTextAsync(world.SetUpFile);
        world.Origin.OnHold("/held", "stream", "held", "open\n");
        using HttpClient client = Client();
        using StreamReader held = new(await client.GetStreamAsync($"https://{Host}:{_tlsPort}/held"));
        Assert.Equal("open", await held.ReadLineAsync());
        await world.Proxy.SubscribedAsync("held");
        string word = "first";

        foreach (string way in new[] { "signal", "file", "request" })
        {
            await BreakKeyAsync(certificates, name);
            await ReplaceAsync(world.SetUpFile, setUp.Replace("\"tenants\"", "\"tenant\"", StringComparison.Ordinal));
            await ReloadAsync(world, way, isGood: false);
            Assert.Equal(current, await ThumbprintAsync());
            await SeesAsync(world, $"bad-{way}", word);

            current = TestCertificate.Write(certificates, name, Host);
            word = way;
            await ReplaceAsync(world.SetUpFile, setUp.Replace("\"word\":\"first\"", $"\"word\":\"{way}\"", StringComparison.Ordinal));
            await ReloadAsync(world, way, isGood: true);
            Assert.Equal(current, await ThumbprintAsync());
            await SeesAsync(world, $"good-{way}", word);

            await world.Proxy.Control.PublishStreamAsync("held", way + "\n");
            Assert.Equal(way, await held.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    /// <summary>Reloads, or waits until the proxy has noticed the file by itself.</summary>
    private static async Task ReloadAsync(ProxyWithPlugins world, string way, bool isGood)
    {
        int mark = world.Proxy.Output.Mark;
        Task<string> told = world.Proxy.Output.WaitForAsync(
            line => line.Contains(isGood ? "change plugin default/tested" : "plugins are not set up anew", StringComparison.Ordinal), mark);
        if (way == "signal")
        {
            world.Proxy.Signal(PosixSignal.SIGHUP);
        }
        else if (way == "request")
        {
            using HttpResponseMessage answer = await world.Proxy.Control.PostAsync("", path: "/v1/reload");
            string text = await answer.Content.ReadAsStringAsync();
            if (!isGood)
            {
                // All that is wrong at once, and nothing is taken.
                Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
                Assert.Contains(".crt", text, StringComparison.Ordinal);
                Assert.Contains("tenant", text, StringComparison.Ordinal);
                return;
            }

            Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        }

        await told;
    }

    private static async Task SeesAsync(ProxyWithPlugins world, string name, string word)
    {
        int mark = world.Proxy.Output.Mark;
        await world.SendAsync($$"""{"event":"{{name}}","distinct_id":"a"}""");
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith($"saw {name} {word}", StringComparison.Ordinal), mark);
    }

    /// <summary>Puts the key of another certificate in the place of this one's.</summary>
    private static async Task BreakKeyAsync(string folder, string name)
    {
        string other = Directory.CreateTempSubdirectory("gripproxy-key-").FullName;
        TestCertificate.Write(other, name, Host);
        await ReplaceAsync(Path.Combine(folder, name + ".key"), await File.ReadAllTextAsync(Path.Combine(other, name + ".key")));
        Directory.Delete(other, recursive: true);
    }

    private static async Task ReplaceAsync(string path, string text)
    {
        await File.WriteAllTextAsync(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    private async Task<string> ThumbprintAsync()
    {
        await using Stream stream = await ConnectAsync(CancellationToken.None);
        await using SslStream tls = new(stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(Host);
        using X509Certificate2 certificate = new(tls.RemoteCertificate!);
        return certificate.Thumbprint;
    }

    private HttpClient Client() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) => await ConnectAsync(cancellationToken),
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
    });

    private async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _tlsPort), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
