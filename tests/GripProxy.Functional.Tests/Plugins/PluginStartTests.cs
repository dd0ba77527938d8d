using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>What the program does with the plugin part before any event comes.</summary>
public sealed class PluginStartTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-plugins-");

    [Fact]
    public async Task PLG46_Proxy_WithoutPlugins_LoadsNothingOfThem()
    {
        await using ChildProcess process = Start("[plugins]\nenabled=false\nruntime_path=/nowhere/deno\n", out int port);
        await GripProxyProcess.AcceptsAsync(process, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port));

        Assert.DoesNotContain("GripProxy.Plugins", process.LoadedFiles(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "data")));
    }

    [Fact]
    public async Task PLG40_Proxy_WithoutRuntime_SaysWhereItLookedAndEndsWith78()
    {
        await using ChildProcess process = Start("[plugins]\nenabled=true\nruntime_path=missing/deno\n", out _);

        Assert.Equal(78, await process.ExitCodeAsync());
        Assert.Contains("missing/deno", process.Output.Text, StringComparison.Ordinal);
        Assert.Contains("npm ci --ignore-scripts --prefix", process.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG40_Proxy_WithAnotherProgramAsRuntime_EndsWith78()
    {
        // Babel beside it, so that only the program is wrong.
        string modules = Path.GetFullPath(Path.Combine(ProxyWithPlugins.Deno, "..", "..", ".."));
        string inside = Path.Combine(_folder.FullName, "node_modules", "@deno", "x");
        Directory.CreateDirectory(inside);
        Directory.CreateSymbolicLink(Path.Combine(_folder.FullName, "node_modules", "@babel"), Path.Combine(modules, "@babel"));
        File.CreateSymbolicLink(Path.Combine(inside, "deno"), "/bin/echo");
        await using ChildProcess process = Start("[plugins]\nenabled=true\nruntime_path=node_modules/@deno/x/deno\n", out _);

        Assert.Equal(78, await process.ExitCodeAsync());
        Assert.Contains("needs Deno 2.9 or newer", process.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG14_Node_OfAClusterWithoutASecretKey_DoesNotStartAndNamesTheKey()
    {
        await using ChildProcess process = Start($"[cluster]\nredis=127.0.0.1:1\n[plugins]\nenabled=true\nruntime_path={ProxyWithPlugins.Deno}\n", out _);

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("[plugins] secret_key is missing: with [cluster] redis all nodes need the same one", process.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG23_SetUpFile_IsReadAgainOnASignal_AndWhatIsWrongWithItChangesNothing()
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync("export const processEvent = (event) => { console.log(`saw ${event.event}`); return event }");
        string setUp = await File.ReadAllTextAsync(world.SetUpFile);

        await File.WriteAllTextAsync(world.SetUpFile, setUp.Replace("\"tenants\"", "\"tenant\"", StringComparison.Ordinal));
        world.Proxy.Signal(PosixSignal.SIGHUP);
        await world.Proxy.Output.WaitForAsync(line => line.Contains("plugins are not set up anew", StringComparison.Ordinal));
        await world.SendAsync("""{"event":"first","distinct_id":"a"}""");
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("saw first", StringComparison.Ordinal));

        await File.WriteAllTextAsync(world.SetUpFile, setUp.Replace("\"enabled\":true", "\"enabled\":false", StringComparison.Ordinal));
        world.Proxy.Signal(PosixSignal.SIGHUP);
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("change plugin default/tested: enabled", StringComparison.Ordinal));
        Assert.False((bool)(await world.AdminAsync(HttpMethod.Get, "plugins/tested"))!["enabled"]!);
    }

    [Fact]
    public async Task PLG43_Version_ThatServedWhenANewerOneFailed_IsLoadedFirstAfterARestart_AndTheNewerOneIsTriedAgain()
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Source("one", "while (false) {}"));
        await world.SendAsync("""{"event":"first","distinct_id":"a"}""");
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("one saw first", StringComparison.Ordinal));
        string main = Path.Combine(Path.GetDirectoryName(world.SetUpFile)!, "plugin", "index.ts");

        await File.WriteAllTextAsync(main, Source("two", "if (!(await storage.get('licence', false))) throw new Error('no licence')"));
        world.Proxy.Signal(PosixSignal.SIGHUP);
        await world.Proxy.Output.WaitForAsync(line => line.Contains("set-up failed (1/10): no licence", StringComparison.Ordinal));
        await world.RestartAsync();

        await world.SendAsync("""{"event":"second","distinct_id":"a"}""");
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("one saw second", StringComparison.Ordinal));
        await world.Proxy.Output.WaitForAsync(line => line.Contains("set-up failed (1/10): no licence", StringComparison.Ordinal));
        JsonNode? install = await world.AdminAsync(HttpMethod.Get, "plugins/tested");
        Assert.Equal(("failed_update", "no licence"), ((string?)install!["state"], (string?)install["error"]!["message"]));

        // Once it comes up, the old one is forgotten.
        await world.AdminAsync(HttpMethod.Put, "plugins/tested/storage/licence", "true");
        await world.RestartAsync();
        await world.SendAsync("""{"event":"third","distinct_id":"a"}""");
        await world.Proxy.Output.WaitForAsync(line => line.Contains("plugin tested 1.0.0 of default runs", StringComparison.Ordinal), count: 2, mark: 0);
        await world.RestartAsync();
        await world.SendAsync("""{"event":"fourth","distinct_id":"a"}""");
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("two saw fourth", StringComparison.Ordinal));

        static string Source(string name, string setUp) => $$"""
            export async function setupPlugin({ storage }) { {{setUp}} }
            export const processEvent = (event) => { console.log(`{{name}} saw ${event.event}`); return event }
            """;
    }

    [Theory]
    [InlineData("shared", HttpStatusCode.Conflict)]
    [InlineData("plugin", HttpStatusCode.Created)]
    public async Task PLG40_Isolation_IsThatOfTheConfiguration_AndFurtherTenantsDoNotShareAProcess(string isolation, HttpStatusCode further)
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(
            "export const processEvent = (event) => { console.log(`saw ${event.event}`); return event }", more: setup => setup.Set("plugins", "isolation", isolation));
        await world.SendAsync("""{"event":"first","distinct_id":"a"}""");
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("saw first", StringComparison.Ordinal));
        AuthenticationHeaderValue token = new("Bearer", ProxyWithPlugins.OperatorToken);
        using StringContent body = new("""{"name":"other"}""", Encoding.UTF8, "application/json");

        using HttpResponseMessage cells = await world.Proxy.Control.SendAsync(HttpMethod.Get, "/v1/cells", null, token);
        using HttpResponseMessage made = await world.Proxy.Control.SendAsync(HttpMethod.Post, "/v1/tenants", body, token);

        JsonNode cell = Assert.Single(JsonNode.Parse(await cells.Content.ReadAsStringAsync())!["items"]!.AsArray())!;
        Assert.Equal(("default", isolation == "plugin" ? "tested" : null), ((string?)cell["tenant"], (string?)cell["plugin"]));
        Assert.Equal(further, made.StatusCode);
    }

    [Fact]
    public async Task CFG20_Events_OverTls_WithTheCertificateThatIsThereAtTheHandshake()
    {
        int port = FreePorts.Take();
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(
            "export const processEvent = (event) => { console.log(`saw ${event.event}`); return event }",
            more: setup => setup.Set("events", "listen", string.Create(CultureInfo.InvariantCulture, $"{setup.Get("events", "listen")},https://127.0.0.1:{port}")));
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith(string.Create(CultureInfo.InvariantCulture, $"events server: 127.0.0.1:{port}"), StringComparison.Ordinal));
        string folder = Path.Combine(world.Proxy.Folder, "runner", "certs");
        string name = string.Create(CultureInfo.InvariantCulture, $"default_{port}");

        string first = TestCertificate.Write(folder, name, "events.test");
        Assert.Equal(first, await SendOverTlsAsync(port, "first"));
        string second = TestCertificate.Write(folder, name, "events.test");
        Assert.Equal(second, await SendOverTlsAsync(port, "second"));

        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("saw second", StringComparison.Ordinal));
        // The other one speaks HTTP as before.
        await world.SendAsync("""{"event":"plain","distinct_id":"a"}""");
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("saw plain", StringComparison.Ordinal));
    }

    // The thumbprint of the certificate that was shown.
    private static async Task<string> SendOverTlsAsync(int port, string name)
    {
        string shown = "";
        using SocketsHttpHandler handler = new();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            shown = certificate!.GetCertHashString(); // A server shows one.
            return certificate.Subject == "CN=events.test";
        };
        using HttpClient client = new(handler);
        using StringContent body = new($$"""{"api_key":"{{ProxyWithPlugins.Key}}","event":"{{name}}","distinct_id":"a"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}/capture/")), body);
        Assert.Equal("""{"status":1}""", await answer.Content.ReadAsStringAsync());
        return shown;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ChildProcess Start(string plugins, out int port) =>
        ChildProcess.Start(BuiltProgram.Path, [$"--config={WriteConf(plugins, out port)}"], _folder.FullName);

    private string WriteConf(string plugins, out int port)
    {
        port = FreePorts.Take();
        string conf = Path.Combine(_folder.FullName, "gripproxy.conf");
        File.WriteAllText(conf, string.Create(CultureInfo.InvariantCulture, $"[runner]\nhttp_port=127.0.0.1:{port}\n[proxy]\nroutesfile=routes\n{plugins}"));
        File.WriteAllText(Path.Combine(_folder.FullName, "routes"), "* 127.0.0.1:9\n");
        return conf;
    }
}
