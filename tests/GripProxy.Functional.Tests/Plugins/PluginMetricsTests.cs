using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>What the metrics page says of plugins, in the built program (PLG-25).</summary>
public sealed partial class PluginMetricsTests
{
    private const string Plugin = """
        export function processEvent(event) {
          if (event.event === 'noise') return null
          if (event.event === 'wrong') throw new Error('wrong')
          if (event.event === 'large') event.properties.filler = 'x'.repeat(20000)
          return event
        }
        export function onEvent(event) { console.log(`seen ${event.event}`) }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Plg25_Page_SaysWhatBecameOfEventsAndCalls()
    {
        int port = FreePorts.Take();
        await using ProxyWithPlugins world = await StartAsync(port);

        await SendAsync(
            world, ProxyWithPlugins.Key, """[{"event":"signup","user":"anna"},{"event":"noise","user":"anna"},{"event":"wrong","user":"ben"},{"event":"large","user":"ben","data":{}},{"user":"no name"}]""");
        await SendAsync(world, "nobodys-key", """[{"event":"signup","user":"anna"}]""");
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("seen wrong", StringComparison.Ordinal));

        string[] expected =
        [
            "gripproxy_ingest_events_total{tenant=\"default\",result=\"accepted\"} 4",
            "gripproxy_ingest_events_total{tenant=\"default\",result=\"missing_event\"} 1",
            "gripproxy_ingest_events_total{tenant=\"\",result=\"invalid_key\"} 1",
            "gripproxy_queue_events{tenant=\"default\"} 0",
            "gripproxy_queue_oldest_seconds{tenant=\"default\"} 0",
            "gripproxy_event_queue_bytes 0",
            "gripproxy_plugin_calls_total{tenant=\"default\",install=\"tested\",method=\"processEvent\",result=\"ok\"} 2",
            "gripproxy_plugin_calls_total{tenant=\"default\",install=\"tested\",method=\"processEvent\",result=\"dropped\"} 1",
            "gripproxy_plugin_calls_total{tenant=\"default\",install=\"tested\",method=\"processEvent\",result=\"error\"} 1",
            "gripproxy_plugin_calls_total{tenant=\"default\",install=\"tested\",method=\"onEvent\",result=\"ok\"} 2",
            "gripproxy_plugin_seconds_count{tenant=\"default\",install=\"tested\",method=\"processEvent\"} 4",
            "gripproxy_plugin_dropped_total{tenant=\"default\",install=\"tested\"} 1",
            "gripproxy_dlq_items{tenant=\"default\",stage=\"chain\"} 1",
            "gripproxy_pipeline_seconds_count 2",
        ];
        string[] lines = await PageAsync(port, lines => expected.All(lines.Contains));
        Assert.All(expected, line => Assert.Contains(line, lines));
    }

    [Fact]
    public async Task Plg25_Cell_ThatIsKilled_IsARestart_AndItsMemoryIsToldWhileItRuns()
    {
        int port = FreePorts.Take();
        await using ProxyWithPlugins world = await StartAsync(port);
        await SendAsync(world, ProxyWithPlugins.Key, """[{"event":"signup","user":"anna"}]""");
        string[] lines = await PageAsync(port, lines => Array.Exists(lines, Resident().IsMatch));
        Assert.Contains(lines, Resident().IsMatch);

        Match started = CellStarted().Match(world.Proxy.Output.Text);
        Process.GetProcessById(int.Parse(started.Groups["pid"].ValueSpan, CultureInfo.InvariantCulture)).Kill();

        const string Restart = "gripproxy_cell_restarts_total{reason=\"exited\"} 1";
        lines = await PageAsync(port, lines => lines.Contains(Restart) && !Array.Exists(lines, Resident().IsMatch));
        Assert.Contains(Restart, lines);
        Assert.DoesNotContain(lines, Resident().IsMatch);
    }

    [GeneratedRegex("^gripproxy_cell_rss_bytes\\{tenant=\"default\"\\} [1-9][0-9]{6,}$", RegexOptions.None, 1000)]
    private static partial Regex Resident();

    [GeneratedRegex("plugins of default: cell (?<pid>[0-9]+) started", RegexOptions.None, 1000)]
    private static partial Regex CellStarted();

    private static Task<ProxyWithPlugins> StartAsync(int port) => ProxyWithPlugins.StartAsync(Plugin, more: setup => setup
        .Set("events", "max_event", "10000")
        .Set("runner", "log_level", "3")
        .Set("handler", "prometheus_port", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")));

    // Answers when the events have come to their end.
    private static async Task SendAsync(ProxyWithPlugins world, string key, string events)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/events?wait=processed") { Content = new StringContent(events, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Api-Key", key);
        using HttpResponseMessage answer = await world.Events.SendAsync(request);
        Assert.Equal(key == ProxyWithPlugins.Key ? HttpStatusCode.Accepted : HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    // A call is counted when its answer has come, which is after what it printed.
    private static async Task<string[]> PageAsync(int port, Func<string[], bool> isComplete)
    {
        using HttpClient http = new();
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            string[] lines = (await http.GetStringAsync(new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/metrics"))).Split('\n');
            if (isComplete(lines) || Stopwatch.GetElapsedTime(started) > Patience)
                return lines;
        }
    }
}
