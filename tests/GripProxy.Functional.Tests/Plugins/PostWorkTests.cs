using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>What comes after the chain, in the built program (PLG-07, PLG-08, PLG-09, PLG-12).</summary>
public sealed class PostWorkTests
{
    [Fact]
    public async Task PLG08_Work_ThatWaitsWhenTheProcessIsKilled_IsDoneByTheNextOne()
    {
        // Everything asks to be tried again until an event says that the other side is up.
        const string Plugin = """
            async function reach({ storage }) { if (!await storage.get('up')) throw new RetryError('down') }
            export async function onEvent(event, meta) { await reach(meta); console.log(`onEvent ${event.event}`) }
            export async function exportEvents(events, meta) { await reach(meta); console.log(`exported ${events.map((event) => event.event).join()}`) }
            export const jobs = { later: async (payload, meta) => { await reach(meta); console.log(`job ${payload.n}`) } }
            export async function processEvent(event, { jobs, storage }) {
              if (event.event === 'up') { await storage.set('up', true); return null }
              await jobs.later({ n: 7 }).runNow()
              return event
            }
            """;
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Plugin, config: """{"exportEventsBufferSeconds":"1"}""");
        await world.SendAsync("""{"event":"signup","distinct_id":"anna"}""");
        await world.Proxy.Output.WaitForAsync(line => line.Contains("onEvent failed: RetryError (attempt 1/5): down", StringComparison.Ordinal));

        await world.KillAndStartAsync();
        await world.SendAsync("""{"event":"up","distinct_id":"anna"}""");

        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("onEvent signup", StringComparison.Ordinal));
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("exported signup", StringComparison.Ordinal));
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("job 7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PLG12_JobsAndTasks_AreStartedAndSeenByHttp()
    {
        const string Plugin = """
            export const runEveryHour = ({ storage }) => storage.get('n', 0)
            export const jobs = { add: async ({ n }, { storage }) => { await storage.set('n', await storage.get('n', 0) + n); console.log(`added ${n}`) } }
            """;
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Plugin);
        JsonNode later = (await world.AdminAsync(HttpMethod.Post, "plugins/tested/jobs/add", """{"payload":{"n":100},"in":3600}"""))!;
        await world.AdminAsync(HttpMethod.Post, "plugins/tested/jobs/add", """{"payload":{"n":7}}""");
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("added 7", StringComparison.Ordinal));
        // One that is done is forgotten a moment after it said so.
        JsonArray jobs;
        do
        {
            jobs = (await world.AdminAsync(HttpMethod.Get, "jobs"))!["items"]!.AsArray();
        }
        while (jobs.Count > 1);
        JsonNode waiting = Assert.Single(jobs)!;
        Assert.Equal(((string?)later["id"], "add", """{"n":100}"""), ((string?)waiting["id"], (string?)waiting["name"], waiting["payload"]!.ToJsonString()));
        await world.AdminAsync(HttpMethod.Delete, $"jobs/{later["id"]}");

        Assert.Empty((await world.AdminAsync(HttpMethod.Get, "jobs"))!["items"]!.AsArray());
        Assert.Equal("""{"result":7}""", (await world.AdminAsync(HttpMethod.Post, "plugins/tested/tasks/runEveryHour"))!.ToJsonString());
    }

    [Fact]
    public async Task PLG08_Buffer_IsExportedBeforeTheProcessEndsInOrder()
    {
        const string Plugin = """
            export function exportEvents(events) { console.log(`exported ${events.map((event) => event.event).join()}`) }
            export function teardownPlugin() { console.log('goodbye') }
            export const onEvent = () => console.log('seen')
            """;
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(Plugin, config: """{"exportEventsBufferSeconds":"600"}""");
        await world.SendAsync("""{"event":"signup","distinct_id":"anna"}""");
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("seen", StringComparison.Ordinal));

        Assert.Equal(0, await world.Proxy.StopAsync());

        string text = world.Proxy.Output.Text;
        Assert.Contains("exported signup", text, StringComparison.Ordinal);
        Assert.True(text.IndexOf("exported signup", StringComparison.Ordinal) < text.IndexOf("goodbye", StringComparison.Ordinal));
    }
}
