using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>Long runs by the API of the built program, also after it was killed (PLG-42).</summary>
public sealed class PluginRunTests
{
    private const string Source = """
        export const runs = {
          copy: async (payload, meta, run) => {
            if (run.last) return { from: run.last.done, payload }
            console.log('copied the first ones')
            await run.checkpoint({ done: 100 })
            await run.progress(0.25, '100 of 400')
            await new Promise((resolve) => run.signal.addEventListener('abort', resolve))
          },
        }
        """;

    [Fact]
    public async Task PLG42_Run_GoesOnAfterTheProxyWasKilled()
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Source);
        JsonNode begun = (await world.AdminAsync(HttpMethod.Post, "plugins/tested/runs/copy", """{"payload":{"who":"anna"}}"""))!;
        await UntilAsync(world, begun, run => (double?)run["progress"] == 0.25);

        await world.KillAndStartAsync();

        JsonNode run = await UntilAsync(world, begun, run => (string?)run["state"] == "done");
        Assert.Equal("""{"from":100,"payload":{"who":"anna"}}""", run["result"]!.ToJsonString());
        Assert.Equal(2, (int?)run["begun"]);
    }

    [Fact]
    public async Task PLG42_Api_BeginsShowsListsAndCancels()
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Source);
        JsonNode begun = (await world.AdminAsync(HttpMethod.Post, "plugins/1/runs/copy"))!;
        JsonNode running = await UntilAsync(world, begun, run => (double?)run["progress"] == 0.25);
        JsonNode listed = (await world.AdminAsync(HttpMethod.Get, "runs?state=running&install=tested"))!;
        JsonNode cells = JsonNode.Parse(await (await AskAsync(world, HttpMethod.Get, "/v1/cells")).Content.ReadAsStringAsync())!;

        await world.AdminAsync(HttpMethod.Post, $"runs/{begun["id"]}/cancel");
        JsonNode cancelled = await UntilAsync(world, begun, run => run["ended"] is not null);

        Assert.Equal("queued", (string?)begun["state"]);
        Assert.Equal("100 of 400", (string?)running["text"]);
        Assert.Equal("""{"done":100}""", running["last"]!.ToJsonString());
        Assert.EndsWith(" log copied the first ones", (string?)Assert.Single(running["log"]!.AsArray()), StringComparison.Ordinal);
        Assert.Equal((string?)begun["id"], (string?)Assert.Single(listed["items"]!.AsArray())!["id"]);
        Assert.Contains("default#runs", cells["items"]!.AsArray().Select(cell => (string?)cell!["tenant"]));
        Assert.Equal("cancelled", (string?)cancelled["state"]);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(world, HttpMethod.Post, "/v1/tenants/default/plugins/1/runs/other")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(world, HttpMethod.Get, "/v1/tenants/default/runs/99")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(world, HttpMethod.Get, "/v1/tenants/default/runs?state=gone")).StatusCode);
    }

    [Fact]
    public async Task PLG42_Commands_BeginShowAndCancel()
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Source);

        Assert.Equal("run 1 of copy is queued", await RunAsync(world, 0, "run", "tested", "copy", "--payload", """{"who":"anna"}"""));
        await UntilAsync(world, new JsonObject { ["id"] = "1" }, run => (double?)run["progress"] == 0.25);
        Assert.Matches(@"(?m)^1 +tested +copy +running +25 ?% +100 of 400 ", await RunAsync(world, 0, "runs"));
        Assert.StartsWith("run 1 of copy is ", await RunAsync(world, 0, "runs", "1", "--cancel"), StringComparison.Ordinal);
        await UntilAsync(world, new JsonObject { ["id"] = "1" }, run => run["ended"] is not null);
        Assert.Matches(@"^run 1 of copy is cancelled, 25 ?% 100 of 400\nlog: .* copied the first ones$", await RunAsync(world, 0, "runs", "1"));
        Assert.Contains("--payload is 'x', expected JSON", await RunAsync(world, 1, "run", "tested", "copy", "--payload", "x"), StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(ProxyWithPlugins world, int code, params string[] arguments)
    {
        string port = world.Proxy.Control.Port.ToString(CultureInfo.InvariantCulture);
        await using ChildProcess process = ChildProcess.Start(
            BuiltProgram.Path, ["plugin", .. arguments, "--admin", $"http://127.0.0.1:{port}", "--token", ProxyWithPlugins.OperatorToken], world.Proxy.Folder);
        Assert.True(code == await process.ExitCodeAsync(), process.Output.Text);
        return process.Output.Text;
    }

    private static Task<HttpResponseMessage> AskAsync(ProxyWithPlugins world, HttpMethod method, string path) =>
        world.Proxy.Control.SendAsync(method, path, null, new AuthenticationHeaderValue("Bearer", ProxyWithPlugins.OperatorToken));

    private static async Task<JsonNode> UntilAsync(ProxyWithPlugins world, JsonNode begun, Func<JsonNode, bool> holds)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (true)
        {
            JsonNode run = (await world.AdminAsync(HttpMethod.Get, $"runs/{begun["id"]}"))!;
            if (holds(run))
            {
                return run;
            }

            Assert.False(patience.IsCancellationRequested, run.ToJsonString());
        }
    }
}
