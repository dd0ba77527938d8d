using System.Globalization;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>What <c>gripproxy check</c> finds in the plugin part (plugins-http.md §5).</summary>
public sealed class PluginCheckTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-plugins-");

    [Theory]
    [InlineData("", 1, "Cannot import 'units'! This package is not provided to plugins.")]
    [InlineData("modules_dir=modules", 0, "0 errors")]
    [InlineData("modules_dir=missing", 1, "[plugins] modules_dir: there is no folder ")]
    public async Task PLG16_Check_OfAPluginThatImportsWhatTheOperatorProvides_FindsIt(string key, int exitCode, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "p"));
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "modules"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "modules", "units.js"), "exports.miles = (km) => km / 1.609344\n");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "p", "plugin.json"), "{}");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "p", "index.js"), "import { miles } from 'units'\nexport const processEvent = (event) => ({ ...event, miles: miles(1) })\n");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "plugins.json"), """{"tenants":[{"name":"a","plugins":[{"path":"p","enabled":true}]}]}""");
        await using ChildProcess process = Check(key);

        Assert.Equal(exitCode, await process.ExitCodeAsync());
        Assert.Contains(expected, process.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG23_Check_OfABrokenSetUp_NamesEveryProblemWithItsPlace()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "bad"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "bad", "plugin.json"), "{\n  \"name\": \n}");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "good"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "good", "plugin.json"), """{"config":[{"key":"url","required":true},{"key":"kind","type":"choice","choices":["a","b"],"default":"c"}]}""");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "good", "index.js"), "");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "broken"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "broken", "plugin.json"), """{"name":"broken"}""");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "broken", "index.ts"), "export const a = 1\nexport const b = = 2\n");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "plugins.json"), """
            {"tenants":[{"name":"a","routes":[{"chanel":"x"},{"channel":"{a","formats":["sse"]}],"keys":[{"kind":"ingest","value_env":"NO_SUCH_VARIABLE"}],
             "plugins":[{"path":"missing"},{"path":"bad"},{"path":"good","enabled":true},{"path":"broken","enabled":true}]}]}
            """);
        await using ChildProcess process = Check("");

        Assert.Equal(1, await process.ExitCodeAsync());
        foreach (string expected in new[]
        {
            "plugins.json.tenants[0].routes[0].chanel is unknown",
            "plugins.json.tenants[0].routes[0].channel is missing",
            "plugins.json.tenants[0].routes[1].channel: '{a' has a {",
            "plugins.json.tenants[0].routes[1].formats names sse",
            "plugins.json.tenants[0].keys[0].value_env names the environment variable NO_SUCH_VARIABLE",
            "plugins.json.tenants[0].plugins[0].path missing: there is no folder or archive",
            "plugins.json.tenants[0].plugins[1].path bad: plugin.json is not valid JSON at line 3, column 1",
            "plugins.json.tenants[0].plugins[2].config.url a value is required",
            "plugins.json.tenants[0].plugins[2].config.kind must be one of a, b",
            "plugin broken of a: index.ts:2:18: Unexpected token",
        })
        {
            Assert.Contains(expected, process.Output.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("isolation=shared", 1, "with [plugins] isolation=shared all tenants would share a process, so there may be only one; allow_shared=true allows more, for development")]
    [InlineData("isolation=shared\nallow_shared=true", 0, "0 errors")]
    [InlineData("isolation=tenant", 0, "0 errors")]
    public async Task PLG40_Check_OfTwoTenantsThatWouldShareAProcess_RefusesThem(string keys, int exitCode, string expected)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "plugins.json"), """{"tenants":[{"name":"a"},{"name":"b"}]}""");
        await using ChildProcess process = Check(keys);

        Assert.Equal(exitCode, await process.ExitCodeAsync());
        Assert.Contains(expected, process.Output.Text, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private ChildProcess Check(string keys)
    {
        string conf = Path.Combine(_folder.FullName, "gripproxy.conf");
        File.WriteAllText(conf, string.Create(
            CultureInfo.InvariantCulture,
            $"[runner]\nhttp_port=127.0.0.1:{FreePorts.Take()}\n[proxy]\nroutesfile=routes\n[plugins]\nenabled=true\nruntime_path={ProxyWithPlugins.Deno}\nconfig_file=plugins.json\n{keys}\n"));
        File.WriteAllText(Path.Combine(_folder.FullName, "routes"), "* 127.0.0.1:9\n");
        return ChildProcess.Start(BuiltProgram.Path, ["check", $"--config={conf}"], _folder.FullName);
    }
}
