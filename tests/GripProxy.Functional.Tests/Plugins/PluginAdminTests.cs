using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>Commands that manage the plugins of a running proxy (PLG-22, PLG-30, PLG-15, PLG-11), and who may.</summary>
public sealed class PluginAdminTests : IAsyncLifetime
{
    private const string Counts = """
        export const metrics = { counted: 'sum' }
        export const onEvent = (event) => console.log(`met ${event.event}`)
        export function processEvent(event, { config, metrics }) {
          if (event.event === 'counted') metrics.counted.increment(1)
          if (event.event === 'throw') throw new Error(`refused with ${config.password}`)
          console.log(`saw ${event.event}`)
          return event
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-plugins-");
    private ProxyWithPlugins _world = null!; // by InitializeAsync

    public async Task InitializeAsync() => _world = await ProxyWithPlugins.StartAsync(Counts, config: """{"password":"very-secret"}""");

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task PLG30_DisableAndEnable_WhileTheProxyRuns()
    {
        await _world.SendAsync("""{"event":"first","distinct_id":"a"}""");
        await _world.Proxy.Output.WaitForAsync(line => line.EndsWith("saw first", StringComparison.Ordinal));
        Assert.Matches(@"(?m)^1 +tested +1\.0\.0 +0 +enabled +-$", await RunAsync(0, "list"));

        Assert.Equal("plugin tested is disabled", await RunAsync(0, "disable", "tested"));
        _world.Origin.OnHold("/poll", "response", "events.second", "");
        await using RawHttp poll = await _world.Proxy.ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/poll"));
        await _world.Proxy.SubscribedAsync("events.second");
        await _world.SendAsync("""{"event":"second","distinct_id":"a"}""");
        await poll.ReadResponseAsync();
        Assert.Equal("plugin tested is enabled", await RunAsync(0, "enable", "1"));
        await _world.SendAsync("""{"event":"third","distinct_id":"a"}""");
        await _world.Proxy.Output.WaitForAsync(line => line.EndsWith("saw third", StringComparison.Ordinal));

        Assert.DoesNotContain("saw second", _world.Proxy.Output.Text, StringComparison.Ordinal);
        Assert.Contains("error: default has no plugin nothing (not_found)", await RunAsync(1, "enable", "nothing"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG56_Switches_AreTurnedByACommand_AndWhatWaitedGoesOn()
    {
        Assert.Equal("there is no switch nothing", (await RunAsync(1, "switches", "nothing")).Split(": ")[1].Split(';')[0]);
        Assert.Matches("^pause_chain is on since [0-9TZ:.-]+, by operator, until [0-9TZ:.-]+: the peak$", await RunAsync(0, "switches", "pause_chain", "on", "--ttl", "600", "--reason", "the peak"));
        Assert.Matches("(?m)^pause_chain +on +[0-9TZ:.-]+ +operator +the peak$", await RunAsync(0, "switches"));
        await _world.SendAsync("""{"event":"waits","distinct_id":"a"}""");
        Task seen = _world.Proxy.Output.WaitForAsync(line => line.EndsWith("saw waits", StringComparison.Ordinal));

        Assert.Equal("pause_chain is off", await RunAsync(0, "switches", "pause_chain", "off"));
        await seen;
    }

    [Fact]
    public async Task PLG25_Metrics_AreShownAndGoOnAfterARestart()
    {
        for (int i = 1; i <= 2; i++)
        {
            Task seen = _world.Proxy.Output.WaitForAsync(line => line.EndsWith("met counted", StringComparison.Ordinal));
            await _world.SendAsync("""{"event":"counted","distinct_id":"a"}""");
            await seen;
            string[] lines = (await RunAsync(0, "metrics", "tested")).Split('\n');
            Assert.Matches("^WHEN +CALLS +ERRORS +DROPPED +PUBLISHED +SECONDS +OWN$", lines[0]);
            Assert.Matches("^last hour +[12] +0 +0 +0 +[0-9.]+ +-$", lines[2]);
            Assert.Matches($@"^20[0-9-]+ +[0-9]+ +0 +0 +0 +[0-9.]+ +counted {i}$", lines[^1]);
            await _world.RestartAsync();
        }
    }

    [Fact]
    public async Task PLG22_Command_WithoutAToken_SaysHowToGiveOne()
    {
        await using ChildProcess process = ChildProcess.Start(
            BuiltProgram.Path, ["plugin", "list", "--admin", Admin], _folder.FullName);

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("(missing_credentials)\n  give a token with --token, or in the environment variable GRIPPROXY_TOKEN", process.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG15_Logs_AreShownAndFollowed()
    {
        await using ChildProcess follow = Start("logs", "tested", "-f");
        Task<string> printed = follow.Output.WaitForAsync(line => line.EndsWith("log saw live", StringComparison.Ordinal));
        // Events come until one of them comes after the command has begun to follow.
        while (!printed.IsCompleted)
        {
            await _world.SendAsync("""{"event":"live","distinct_id":"a"}""");
            await Task.WhenAny(printed, _world.Proxy.Output.WaitForAsync(line => line.EndsWith("saw live", StringComparison.Ordinal)));
        }

        Assert.Contains("info (system) version 1.0.0 runs", await RunAsync(0, "logs", "tested"), StringComparison.Ordinal);
        Assert.Matches("^[0-9TZ:.-]+ log saw live$", await RunAsync(0, "logs", "tested", "--level", "log", "--grep", "SAW LIVE", "-n", "1"));
    }

    [Fact]
    public async Task PLG15_Logs_AreHeardLiveWhereTheOriginHoldsAClientOnTheirChannel()
    {
        _world.Origin.OnHold("/watch", "response", "$plugins.logs.1", "");
        await using RawHttp poll = await _world.Proxy.ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/watch"));
        await _world.Proxy.SubscribedAsync("$plugins.logs.1");

        await _world.SendAsync("""{"event":"throw","distinct_id":"a"}""");

        // The first line may be about the start of the plugin.
        JsonNode line = JsonNode.Parse((await poll.ReadResponseAsync()).Body)!;
        Assert.Equal(1, (int)line["install"]!);
        Assert.Contains((string?)line["level"], (string[])["info", "error"]);
        Assert.DoesNotContain("very-secret", (string?)line["text"], StringComparison.Ordinal);
        Assert.DoesNotContain("channel=$plugins.logs.2", _world.Proxy.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG15_Logs_HaveWhatAPluginThrew_WithoutItsSecrets()
    {
        await _world.SendAsync("""{"event":"throw","distinct_id":"a"}""");
        string told = await _world.Proxy.Output.WaitForAsync(line => line.Contains("plugin tested of default threw: ", StringComparison.Ordinal));

        string logged = await RunAsync(0, "logs", "tested", "--level", "error");
        Assert.Matches(@"^[0-9TZ:.-]+ error \(system\) Error: refused with \*\*\*", logged);
        // A stack has lines.
        Assert.Matches(@"(?m)^ +at processEvent \(index\.ts:5:", logged);
        Assert.DoesNotContain("\uFFFD", logged, StringComparison.Ordinal);
        Assert.Contains(@"threw: Error: refused with ***\n", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG22_Push_GivesAConfiguration()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "pushed"));
        await WriteAsync("1.0.0", "one");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "pushed", "plugin.json"), """{"name":"pushed","version":"1.0.0","config":[{"key":"url","required":true}]}""");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "given.json"), """{"url":"https://example.com/in"}""");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "broken.json"), "[1]");

        Assert.Contains("error: url: a value is required", await RunAsync(1, "push", "pushed", "--enable"), StringComparison.Ordinal);
        Assert.Contains("error: broken.json: expected a JSON object", await RunAsync(1, "push", "pushed", "--config", "broken.json"), StringComparison.Ordinal);
        Assert.Contains("error: missing.json: ", await RunAsync(1, "push", "pushed", "--config", "missing.json"), StringComparison.Ordinal);
        JsonNode pushed = JsonNode.Parse(await RunAsync(0, "push", "pushed", "--config", "given.json", "--json"))!;
        Assert.Equal("https://example.com/in", (string?)pushed["config"]!["url"]);
    }

    [Fact]
    public async Task PLG43_Push_OfAVersionThatDoesNotComeUp_SaysThatTheOneBeforeRunsOn()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "pushed"));
        await WriteAsync("1.0.0", "one");
        await RunAsync(0, "push", "pushed", "--enable", "--wait");
        await WriteAsync("2.0.0", "two");
        await File.AppendAllTextAsync(Path.Combine(_folder.FullName, "pushed", "index.js"), "; export function setupPlugin() { throw new Error('no licence') }");

        Assert.Equal("plugin pushed (id 2) has version 2.0.0 and is failed_update: no licence", await RunAsync(0, "push", "pushed", "--wait"));
        await _world.Proxy.Output.WaitForAsync(line =>
            line.EndsWith("plugin pushed of default: version 2.0.0 did not come up, the one before runs on: no licence", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PLG22_Push_InstallsAndThenReplacesTheVersion()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "pushed"));
        await WriteAsync("1.0.0", "one");
        Assert.Equal("plugin pushed (id 2) has version 1.0.0 and is disabled", await RunAsync(0, "push", "pushed"));
        Assert.Equal("plugin pushed (id 2) has version 1.0.0 and is enabled", await RunAsync(0, "push", "pushed", "--enable", "--wait"));
        await WriteAsync("2.0.0", "two");
        Assert.Equal("plugin pushed (id 2) has version 2.0.0 and is enabled", await RunAsync(0, "push", "pushed", "--wait"));
        _world.Origin.OnHold("/poll", "response", "events.e", "");
        await using RawHttp poll = await _world.Proxy.ConnectAsync();
        await poll.SendAsync(RawHttp.Get("/poll"));
        await _world.Proxy.SubscribedAsync("events.e");

        await _world.SendAsync("""{"event":"e","distinct_id":"a"}""");

        Assert.Equal("two", (string?)JsonNode.Parse((await poll.ReadResponseAsync()).Body)!["properties"]!["version"]);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "pushed", "index.js"), "const a = = 1");
        Assert.Contains("index.js:1:11: Unexpected token", await RunAsync(1, "push", "pushed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG22_Commands_WithoutTheToken_AreRefused()
    {
        await using ChildProcess process = ChildProcess.Start(BuiltProgram.Path, ["plugin", "list", "--admin", Admin, "--token", "gpo_wrong"], _folder.FullName);
        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.Contains("(invalid_token)", process.Output.Text, StringComparison.Ordinal);
        Assert.Equal("ID  TIME  STAGE  PLUGIN  EVENT  TRIES  ERROR", await RunAsync(0, "dlq", "list"));
        Assert.Equal("replayed 0", await RunAsync(0, "dlq", "replay"));
        Assert.Contains("error: there is no dead letter 77 (not_found)", await RunAsync(1, "dlq", "replay", "77"), StringComparison.Ordinal);
        Assert.Equal("deleted 0", await RunAsync(0, "dlq", "purge", "--all"));
        Assert.Contains("error: expected options that say which dead letters, or --all", await RunAsync(1, "dlq", "purge"), StringComparison.Ordinal);
    }

    private string Admin => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://127.0.0.1:{_world.Proxy.Control.Port}");

    private Task WriteAsync(string version, string value)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "pushed", "plugin.json"), $$"""{"name":"pushed","version":"{{version}}"}""");
        return File.WriteAllTextAsync(Path.Combine(_folder.FullName, "pushed", "index.js"), $"export const processEvent = (event) => {{ event.properties = {{ version: '{value}' }}; return event }}");
    }

    private ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        BuiltProgram.Path,
        ["plugin", .. arguments, "--admin", Admin],
        _folder.FullName,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["GRIPPROXY_TOKEN"] = ProxyWithPlugins.OperatorToken });

    private async Task<string> RunAsync(int code, params string[] arguments)
    {
        await using ChildProcess process = Start(arguments);
        Assert.True(code == await process.ExitCodeAsync(), process.Output.Text);
        return process.Output.Text;
    }
}
