using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>The commands that need no server, as the shell starts them (PLG-22).</summary>
public sealed class PluginCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gripproxy-plugins-");

    [Theory]
    [InlineData("first")]
    [InlineData("second", "--ts")]
    public async Task PLG22_New_ThenCheckTestAndPack_OfWhatItWrote(string name, params string[] more)
    {
        Assert.Contains($"Try it with: gripproxy plugin test {name}", await RunAsync(0, ["new", name, .. more]), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, name, "site.ts"), "export default function start() {}\n");
        string check = await RunAsync(0, ["check", name, "--runtime", ProxyWithPlugins.Deno]);
        Assert.Contains("\nfor web pages: site.ts\n", check, StringComparison.Ordinal);
        Assert.StartsWith($"{name} 0.1.0, main file index.{(more.Length > 0 ? "ts" : "js")}, hash ", check, StringComparison.Ordinal);
        Assert.Contains("\nmethods: processEvent\n", check, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^word +string +false +false +Hello$", check);
        string test = await RunAsync(0, ["test", name, "--runtime", ProxyWithPlugins.Deno]);
        Assert.Matches(@"(?m)^event 1 signup: came through, [0-9.]+ ms$", test);
        Assert.Contains("\n  published: events.signup (http-stream, http-response, ws-message)\n", test, StringComparison.Ordinal);
        Assert.Contains("\n  log: greeted anna\n", test, StringComparison.Ordinal);
        Assert.EndsWith("2 events: 1 came through, 1 dropped, 0 with errors", test, StringComparison.Ordinal);
        await RunAsync(0, ["pack", name]);
        Assert.True(File.Exists(Path.Combine(_folder.FullName, $"{name}-0.1.0.zip")));
        await RunAsync(0, ["check", $"{name}-0.1.0.zip", "--runtime", ProxyWithPlugins.Deno]);
        string archive = await RunAsync(0, ["test", $"{name}-0.1.0.zip", "--runtime", ProxyWithPlugins.Deno]);
        Assert.EndsWith("2 events: 1 came through, 1 dropped, 0 with errors", archive, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG22_Test_ThatDiffers_SaysWhereAndFails()
    {
        await RunAsync(0, ["new", "mine"]);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "expect"), """{"output":{"properties":{"greeting":"Hi, anna!"}}}""" + "\n{}\n");

        string test = await RunAsync(1, ["test", "mine", "--expect", "expect", "--runtime", ProxyWithPlugins.Deno]);

        // Errors and output are two streams, whose lines meet here in any order.
        Assert.Contains("error: event 1: output.properties.greeting is \"Hello, anna!\", expected \"Hi, anna!\"", test, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "config"), """{"word":"Hi"}""");
        JsonNode json = JsonNode.Parse(await RunAsync(0, ["test", "mine", "--expect", "expect", "--config", "config", "--json", "--runtime", ProxyWithPlugins.Deno]))!;
        Assert.Equal("Hi, anna!", (string?)json["results"]![0]!["output"]!["properties"]!["greeting"]);
        Assert.Empty(json["problems"]!.AsArray());
    }

    [Theory]
    [InlineData("Bad Name!", "'Bad Name!'")]
    [InlineData("it's", @"'it'\''s'")]
    public async Task PLG22_New_SaysHowToTryIt_AsAShellTakesIt(string name, string quoted) =>
        Assert.EndsWith($"Try it with: gripproxy plugin test {quoted}", await RunAsync(0, ["new", name]), StringComparison.Ordinal);

    [Fact]
    public async Task PLG22_Test_TellsTasksFromEvents()
    {
        string sample = Path.Combine(BuiltProgram.RepositoryRoot, "conf", "plugins", "heartbeat");
        string test = await RunAsync(0, ["test", sample, "--runtime", ProxyWithPlugins.Deno]);

        Assert.Matches(@"(?m)^task 3 runEveryMinute: done, [0-9.]+ ms$", test);
        Assert.EndsWith("\n2 events: 2 came through, 0 dropped, 0 with errors\n2 tasks and jobs: 2 done, 0 with errors", test, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("greeting")]
    [InlineData("threshold")]
    [InlineData("heartbeat")]
    [InlineData("webhook-relay")]
    public async Task PLG22_Sample_PassesItsOwnTest(string name) =>
        Assert.EndsWith("0 with errors", await RunAsync(0, ["test", Path.Combine(BuiltProgram.RepositoryRoot, "conf", "plugins", name), "--runtime", ProxyWithPlugins.Deno]), StringComparison.Ordinal);

    [Fact]
    public async Task PLG22_Plugin_WithWrongArguments_ShowsTheHelpOfItsCommand()
    {
        string text = await RunAsync(1, ["test", "a", "--nothing"]);

        Assert.StartsWith("error: Unknown option 'nothing'.", text, StringComparison.Ordinal);
        Assert.Contains("--expect <file>", text, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> RunAsync(int code, string[] arguments)
    {
        await using ChildProcess process = ChildProcess.Start(BuiltProgram.Path, ["plugin", .. arguments], _folder.FullName);
        Assert.True(code == await process.ExitCodeAsync(), process.Output.Text);
        return process.Output.Text;
    }
}
