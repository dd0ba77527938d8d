using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>Two processes of the built program that share the events of a tenant (plugins.md §5.6).</summary>
public sealed partial class PluginReplicaTests : IAsyncLifetime
{
    private const string Source = """
        let setUp = 0
        export const setupPlugin = async ({ cache }) => { setUp = await cache.incr('set up') }
        export async function processEvent(event) {
          await new Promise((resolve) => setTimeout(resolve, 1))
          event.properties.cell = setUp
          return event
        }
        """;

    // An event is one line of a stream: its id, its number and the cell.
    private const string Routes = """[{"channel":"replicas","template":"{distinct_id} {properties.n} {properties.cell};","formats":["http-stream"]}]""";

    private ProxyWithPlugins _world = null!; // by InitializeAsync
    private int _next;
    private int _read;

    public async Task InitializeAsync() => _world = await ProxyWithPlugins.StartAsync(Source, Routes, more: setup => setup.Set("plugins", "worker_replicas", "2"));

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task PLG44_Events_AreSharedByTheirId_InOrder_AlsoWhenAReplicaIsKilled_AndToggledTogether()
    {
        _world.Origin.OnHold("/stream", "stream", "replicas", "");
        await using RawHttp client = await _world.Proxy.ConnectAsync();
        await client.SendAsync(RawHttp.Get("/stream"));
        await _world.Proxy.SubscribedAsync("replicas");

        await SendAsync(20);
        List<string[]> came = await ReadAsync(client);
        JsonArray cells = await CellsAsync();

        // Each id has its cell, and both have some.
        Assert.All(came.GroupBy(line => line[0]), of => Assert.Single(of.Select(line => line[2]).Distinct()));
        Assert.Equal(["1", "2"], came.Select(line => line[2]).Distinct().Order());
        Assert.Equal([(1, "default"), (2, "default")], cells.Select(cell => ((int)cell!["replica"]!, (string)cell["tenant"]!)));

        await SendAsync(10);
        using (Process killed = Process.GetProcessById((int)cells[1]!["pid"]!))
        {
            killed.Kill();
        }

        await SendAsync(10);
        came.AddRange(await ReadAsync(client));
        AssertOrder(came);
        Assert.Equal([0, 1], (await CellsAsync()).Select(cell => (int)cell!["restarts"]!));
        await _world.Proxy.Output.WaitForAsync(static line => line.Contains("default#2", StringComparison.Ordinal) && line.Contains("ended", StringComparison.Ordinal));

        await _world.AdminAsync(HttpMethod.Post, "plugins/tested/disable?wait=ready");
        await SendAsync(4);
        Assert.All(await ReadAsync(client), line => Assert.Equal("none", line[2]));
        await _world.AdminAsync(HttpMethod.Post, "plugins/tested/enable?wait=ready");
        await SendAsync(4);
        Assert.All(await ReadAsync(client), line => Assert.NotEqual("none", line[2]));
    }

    private static void AssertOrder(List<string[]> came) => Assert.All(came.GroupBy(line => line[0]), static one =>
    {
        // What was under way when a process ended may come twice.
        List<int> first = [.. one.Select(line => int.Parse(line[1], CultureInfo.InvariantCulture)).Distinct()];
        Assert.Equal(first.Order(), first);
    });

    // Ten events of ten ids each time.
    private async Task SendAsync(int batches)
    {
        for (int i = 0; i < batches; i++)
        {
            await _world.SendAsync([.. Enumerable.Range(0, 10).Select(id => $$"""{"event":"e","distinct_id":"d{{id}}","properties":{"n":{{_next++}},"cell":"none"} }""")]);
        }
    }

    // All that was sent so far and not read.
    private async Task<List<string[]>> ReadAsync(RawHttp client)
    {
        List<string[]> lines = [];
        HashSet<int> missing = [.. Enumerable.Range(_read, _next - _read)];
        while (missing.Count > 0)
        {
            string text = await client.ReadThroughAsync(";");
            Match match = Line().Match(text);
            Assert.True(match.Success, text);
            int number = int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
            // What comes again was looked at before.
            if (number >= _read)
            {
                lines.Add([match.Groups["id"].Value, match.Groups["number"].Value, match.Groups["cell"].Value]);
            }

            missing.Remove(number);
        }

        _read = _next;
        return lines;
    }

    private async Task<JsonArray> CellsAsync()
    {
        using HttpResponseMessage answer = await _world.Proxy.Control.SendAsync(HttpMethod.Get, "/v1/cells", null, new AuthenticationHeaderValue("Bearer", ProxyWithPlugins.OperatorToken));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["items"]!.AsArray();
    }

    [GeneratedRegex("(?<id>d[0-9]) (?<number>[0-9]+) (?<cell>[a-z0-9]+);$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();
}
