using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Functional.Tests.Cluster;

/// <summary>Events of a cluster: whoever took one in, one node sees it to its end, and another does when that one is gone (plugins.md §7.2, §8.1, §12.4).</summary>
public sealed class PluginQueueTests : IAsyncLifetime
{
    private const int Each = 10;

    private const string Plugin = """
        export async function processEvent(event) {
          await new Promise((resolve) => setTimeout(resolve, 2))
          event.properties = { n: event.properties.n, id: event.distinct_id }
          return event
        }
        export const jobs = { note: async (payload, meta) => { console.log('job ' + payload.n) } }
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private RedisServer _redis = null!; // These two by InitializeAsync.
    private PluginNodes _world = null!;
    private int _next;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartDurableAsync();
        try
        {
            _world = await PluginNodes.StartAsync(_redis.Address, Plugin);
        }
        catch
        {
            // After a start that failed xunit does not dispose.
            await _redis.DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        await _world.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task PLG44_Events_TakenInByAnyNode_AreDoneByAll_InTheOrderOfTheirId()
    {
        await SpreadAsync();
        await using RawHttp client = await ListenAsync();

        List<int> sent = [.. await SendAsync(20, batch => batch % 3)];

        List<JsonNode> came = await ReadAsync(client, sent);
        AssertOrder(came);
        Assert.Equal(sent.Count, came.Count);
    }

    [Fact]
    public async Task PLG44_Owner_ThatIsKilled_LosesNoEventThatWasAccepted()
    {
        await SpreadAsync();
        await using RawHttp client = await ListenAsync();

        List<int> sent = [.. await SendAsync(30, batch =>
        {
            if (batch == 15)
                _world.Nodes[2].Kill();
            return batch % 3;
        })];

        Assert.True(sent.Count >= 20 * Each);
        AssertOrder(await ReadAsync(client, sent));
    }

    [Fact]
    public async Task PLG44_Owner_ThatStandsStill_IsReplaced_AndDoesNotGoOnWithWhatIsNotItsAnyMore()
    {
        await SpreadAsync();
        await using RawHttp client = await ListenAsync();

        List<int> sent = [.. await SendAsync(10, batch =>
        {
            if (batch == 5)
                _world.Nodes[2].Pause();
            return batch % 2;
        })];
        List<JsonNode> came = await ReadAsync(client, sent);
        int mark = _world.Nodes[2].Output.Mark;
        _world.Nodes[2].Resume();
        await _world.Nodes[2].Output.WaitForAsync(static line => line.Contains("because their leases were not renewed", StringComparison.Ordinal), mark);
        List<int> more = [.. await SendAsync(10, static batch => batch % 2)];

        came.AddRange(await ReadAsync(client, more));
        AssertOrder(came);
    }

    [Fact]
    public async Task PLG44_Redis_ThatIsKilledAndStartedAgain_KeepsWhatWasAccepted_AndSendersAreToldMeanwhile()
    {
        await SpreadAsync();
        await using RawHttp client = await ListenAsync();

        List<int> sent = [.. await SendAsync(10, static batch => batch % 3)];
        await _redis.KillAsync();
        Assert.False(await _world.TrySendAsync(0, "seen", [int.MaxValue]));
        await _redis.StartAgainAsync();
        while (!await _world.TrySendAsync(1, "seen", [_next]))
        {
            // It notices after a moment that Redis is there again.
        }

        sent.Add(_next++);
        sent.AddRange(await SendAsync(10, static batch => batch % 3));

        AssertOrder(await ReadAsync(client, sent));
    }

    [Fact]
    public async Task PLG12_Job_IsRunOnce_ByOneOfTheNodes()
    {
        await SpreadAsync();
        for (int n = 0; n < 30; n++)
        {
            await _world.AdminAsync(n % 3, HttpMethod.Post, "plugins/tested/jobs/note", $$"""{"payload":{"n":{{n}} } }""");
        }

        JsonNode none = await PluginNodes.UntilAsync(
            () => _world.AdminAsync(1, HttpMethod.Get, "jobs"), jobs => jobs["items"]!.AsArray().Count == 0);
        Assert.Null(none["next"]);
        for (int n = 0; n < 30; n++)
        {
            Assert.Equal(1, await LinesAsync($"job {n}"));
        }
    }

    private static void AssertOrder(IEnumerable<JsonNode> came)
    {
        foreach (IGrouping<string, int> one in came.GroupBy(item => (string)item["properties"]!["id"]!, item => (int)item["properties"]!["n"]!))
        {
            // What is done a second time comes again, in its order; what came first did too.
            List<int> first = [.. one.Distinct()];
            Assert.Equal(first.Order(), first);
        }
    }

    private async Task<int> LinesAsync(string text)
    {
        int count = 0;
        for (int node = 0; node < 3; node++)
        {
            JsonNode logs = await _world.AdminAsync(node, HttpMethod.Get, "plugins/tested/logs?limit=1000");
            count += logs["items"]!.AsArray().Count(line => (string?)line!["text"] == text);
        }

        return count;
    }

    // Until each node has its share of the partitions.
    private async Task SpreadAsync()
    {
        foreach (GripProxyProcess node in _world.Nodes)
        {
            await node.Output.WaitForAsync(static line => line.Contains("more partitions of events", StringComparison.Ordinal));
        }

        await PluginNodes.UntilAsync(
            async () => new JsonObject { ["held"] = await HeldAsync() }, static said => (string?)said["held"] == "5 5 6");
    }

    private async Task<string> HeldAsync()
    {
        string keys = await _redis.AskAsync("EVAL", "local t={} for i=0,15 do t[#t+1]=redis.call('GET','gp:{leases}:l:p'..i) or '' end return t", "0");
        IEnumerable<int> held = keys.Split('\n', StringSplitOptions.RemoveEmptyEntries).GroupBy(static token => token.Split('#')[0]).Select(static node => node.Count());
        return string.Join(' ', held.Order());
    }

    private async Task<RawHttp> ListenAsync()
    {
        _world.Hold("events.seen");
        return await _world.HoldAsync(0, "events.seen");
    }

    // The numbers of the events that were accepted.
    private async Task<IEnumerable<int>> SendAsync(int batches, Func<int, int> node)
    {
        List<int> accepted = [];
        for (int batch = 0; batch < batches; batch++)
        {
            List<int> numbers = [.. Enumerable.Range(_next, Each)];
            _next += Each;
            if (await _world.TrySendAsync(node(batch), "seen", numbers))
            {
                accepted.AddRange(numbers);
            }
        }

        return accepted;
    }

    // What came until all that is expected did.
    private static async Task<List<JsonNode>> ReadAsync(RawHttp client, IEnumerable<int> expected)
    {
        HashSet<int> missing = [.. expected];
        List<JsonNode> came = [];
        long since = TimeProvider.System.GetTimestamp();
        while (missing.Count > 0)
        {
            TimeSpan left = s_patience - TimeProvider.System.GetElapsedTime(since);
            Assert.True(left > TimeSpan.Zero, $"{missing.Count} events did not come: {string.Join(' ', missing.Take(10))}; {came.Count} did");
            try
            {
                string chunk = await client.ReadChunkAsync().WaitAsync(left);
                foreach (string line in chunk.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    JsonNode item = JsonNode.Parse(line)!; // Lines of JSON.
                    came.Add(item);
                    missing.Remove((int)item["properties"]!["n"]!);
                }
            }
            catch (TimeoutException)
            {
                // Said above.
            }
        }

        return came;
    }
}
