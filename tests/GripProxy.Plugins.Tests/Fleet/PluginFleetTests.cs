using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;

namespace GripProxy.Plugins.Tests.Fleet;

/// <summary>What runs follows the state document (plugins.md §6.2, §12.2).</summary>
public sealed class PluginFleetTests
{
    private const string Channel = "acme.events.e";

    [Fact]
    public async Task PLG31_Document_IsFollowedAndDisabledPluginsGetNothing()
    {
        await using var fleet = new TestFleet();
        await fleet.StartAsync();
        await fleet.InstallAsync(1, "export const processEvent = (event) => { event.properties.by = 1; return event }");
        await fleet.SendAsync("a", 1);
        Assert.Equal(1, (int?)(await fleet.PublishedAsync(Channel, 1))[0]["properties"]!["by"]);

        await fleet.SwitchAsync(1, enabled: false);
        await fleet.SendAsync("a", 2);

        Assert.Null((await fleet.PublishedAsync(Channel, 2))[1]["properties"]!["by"]);
        Assert.Equal(InstallState.Disabled, fleet.Status(1)!.State);
    }

    [Fact]
    public async Task PLG37_Toggles_AreToldLive()
    {
        await using var fleet = new TestFleet();
        await fleet.StartAsync();
        await fleet.InstallAsync(1, "export const processEvent = (event) => event");
        await fleet.UntilAsync(1, InstallState.Enabled);

        await fleet.SwitchAsync(1, enabled: false);
        await fleet.SwitchAsync(1, enabled: true);

        Assert.Equal(
            ["""{"install":1,"name":"p1","enabled":false,"state":"disabled"}""", """{"install":1,"name":"p1","enabled":true,"state":"enabled"}"""],
            (await fleet.PublishedAsync("acme.$plugins.state", 2)).Select(item => item.ToJsonString()));
        // Anybody may listen there, and it has no part for web pages.
        Assert.Empty(fleet.Published("acme.$plugins.pages"));
    }

    [Fact]
    public async Task PLG37_Toggle_RebuildsNothing()
    {
        const string Counts = "let n = 0\nexport const processEvent = (event) => { event.properties.n = ++n; return event }";
        await using var fleet = new TestFleet();
        await fleet.StartAsync();
        await fleet.InstallAsync(1, "export const processEvent = (event) => event");
        await fleet.InstallAsync(2, Counts);
        await fleet.UntilAsync(1, InstallState.Enabled);
        await fleet.SendAsync("a", 0);
        await fleet.PublishedAsync(Channel, 1);
        var cell = fleet.Fleet.KeeperOf(1)!.Running!.Cell.Id;

        for (var i = 1; i <= 5; i++)
        {
            await fleet.SwitchAsync(1, enabled: i % 2 == 0);
            await fleet.SendAsync("a", 0);
            await fleet.PublishedAsync(Channel, i + 1);
        }

        // The process and what the neighbour knows are as before.
        Assert.Equal([1, 2, 3, 4, 5, 6], fleet.Published(Channel).Select(item => (int)item["properties"]!["n"]!));
        Assert.Equal(cell, fleet.Fleet.KeeperOf(1)!.Running!.Cell.Id);
    }

    [Fact]
    public async Task PLG19_Change_OfAPlugin_IsTakenByAllThatWorksForIt_AndEachDoesItOnce()
    {
        static string Version(int version) => $$"""
            export const processEvent = (event) => { event.properties.version = {{version}}; return event }
            export const onEvent = () => grip.publish('after', '{{version}}')
            export const jobs = { now: () => grip.publish('job', '{{version}}') }
            export const runEveryHour = () => {{version}}
            """;
        await using var fleet = new TestFleet();
        await fleet.StartAsync();
        for (var version = 1; version <= 2; version++)
        {
            await fleet.InstallAsync(1, Version(version));
            await fleet.Status(1)!.Settled;
            await fleet.SendAsync("a", 1);
            Assert.Equal(version, (int?)(await fleet.PublishedAsync(Channel, version))[version - 1]["properties"]!["version"]);

            var work = fleet.Fleet.WorkOf(1)!;
            await work.Jobs.AddAsync(1, "now", "null"u8.ToArray(), TimeProvider.System.GetUtcNow());
            var result = await work.Scheduler.RunNowAsync(1, "runEveryHour");
            Assert.Equal($"{version}", System.Text.Encoding.UTF8.GetString(result!.Value.Span));
            Assert.Equal(Enumerable.Range(1, version), (await fleet.PublishedAsync("acme.after", version)).Select(item => (int)item));
            Assert.Equal(Enumerable.Range(1, version), (await fleet.PublishedAsync("acme.job", version)).Select(item => (int)item));
        }
    }

    [Fact]
    public async Task PLG17_Plugin_ThatTrips_IsToldToOperators()
    {
        await using var fleet = new TestFleet(limits: new() { Call = TimeSpan.FromMilliseconds(100) });
        await fleet.StartAsync();
        await fleet.InstallAsync(1, "export const processEvent = () => new Promise(() => {})");
        for (var i = 0; i < 3; i++)
            await fleet.SendAsync($"d{i}", i);

        var told = Assert.Single(await fleet.PublishedAsync("$plugins.state.acme", 1));

        Assert.Equal(("plugin.tripped", 1, "tripped"), ((string?)told["event"], (int?)told["install"], (string?)told["state"]));
        Assert.Equal(3, (await fleet.PublishedAsync(Channel, 3)).Count);
    }

    [Fact]
    public async Task PLG24_Approval_IsByHash()
    {
        await using var fleet = new TestFleet(requireApproval: true);
        await fleet.StartAsync();
        await fleet.InstallAsync(1, "export const processEvent = (event) => { event.properties.by = 1; return event }");
        Assert.Equal(InstallState.AwaitingApproval, fleet.Status(1)!.State);
        await fleet.SendAsync("a", 1);
        Assert.Null((await fleet.PublishedAsync(Channel, 1))[0]["properties"]!["by"]);

        await fleet.UpdateAsync(state => state.With(new ApprovalRecord { Hash = state.FindInstall(1, 1)!.Package, By = "ops" }));
        await fleet.SendAsync("a", 2);
        Assert.Equal(1, (int?)(await fleet.PublishedAsync(Channel, 2))[1]["properties"]!["by"]);

        // A changed package needs another one; the version that runs does not run on without.
        await fleet.InstallAsync(1, "export const processEvent = (event) => { event.properties.by = 2; return event }");
        Assert.Equal(InstallState.AwaitingApproval, fleet.Status(1)!.State);
    }

    [Fact]
    public async Task PLG40_Tenants_ComeAndGoWithTheirKeysRoutesAndCells()
    {
        await using var fleet = new TestFleet();
        await fleet.StartAsync();
        await fleet.UpdateAsync(state => state
            .With(new TenantRecord { Number = 3, Name = "third", Settings = new JsonObject { ["routes"] = new JsonArray(new JsonObject { ["channel"] = "x" }) } })
            .With(new KeyRecord { Id = "k", Kind = KeyKind.Ingest, Tenant = 3, Hash = GripProxy.Plugins.Tenants.KeyHash.Of("key-of-the-third") }));
        Assert.Equal("third", fleet.Fleet.Directory.ByKey("key-of-the-third")!.Tenant.Name);
        await fleet.SendAsync("a", 1, tenant: 3);
        await fleet.PublishedAsync("third.x", 1);

        // Its routes change while it runs.
        await fleet.UpdateAsync(state => state.With(state.FindTenant("third")! with { Settings = [] }));
        await fleet.SendAsync("a", 2, tenant: 3);
        await fleet.PublishedAsync("third.events.e", 1);

        await fleet.UpdateAsync(state => state.WithoutTenant(state.FindTenant("third")!, DateTimeOffset.UnixEpoch));
        Assert.Null(fleet.Fleet.Directory.ByKey("key-of-the-third"));
        Assert.Null(fleet.Fleet.KeeperOf(3));
    }

    [Fact]
    public async Task PLG40_Tenants_HaveCellsStorageAndChannelsOfTheirOwn()
    {
        const string Source = """
            export async function processEvent(event, { storage, cache, utils }) {
              globalThis.seen = (globalThis.seen ?? 0) + 1
              event.properties.seen = [globalThis.seen, await utils.cursor.increment('n'), await cache.incr('n')]
              await grip.publish('events.e', '1')
              await grip.publish('../acme.events.e', '1')
              return event
            }
            """;
        await using var fleet = new TestFleet();
        await fleet.StartAsync();
        await fleet.InstallAsync(1, Source);
        await fleet.InstallAsync(1, Source, tenant: 2);
        await fleet.SendAsync([("a", 1), ("a", 2)]);
        Assert.Equal("[2,2,2]", Last(await fleet.PublishedAsync("acme.events.e", 4)));

        await fleet.SendAsync("a", 1, tenant: 2);

        Assert.Equal("[1,1,1]", Last(await fleet.PublishedAsync("other.events.e", 2)));
        Assert.NotEqual(fleet.Fleet.KeeperOf(1)!.Running!.Cell.Id, fleet.Fleet.KeeperOf(2)!.Running!.Cell.Id);
        Assert.Equal(4, fleet.Published("acme.events.e").Count);
    }

    [Fact]
    public async Task PLG40_TenantsThatShareAProcess_HaveStorageAndChannelsOfTheirOwn_AndGoOnWhenOneLeaves()
    {
        const string Source = """
            export async function processEvent(event, { storage, tenant }) {
              globalThis.seen = (globalThis.seen ?? 0) + 1
              await storage.set('whose', tenant.name)
              event.properties.seen = [globalThis.seen, await storage.get('whose')]
              return event
            }
            """;
        await using var fleet = new TestFleet(isolation: CellIsolation.Shared);
        await fleet.StartAsync();
        await fleet.InstallAsync(1, Source);
        await fleet.InstallAsync(1, Source, tenant: 2);
        await fleet.SendAsync("a", 1);
        Assert.Equal("""[1,"acme"]""", Last(await fleet.PublishedAsync("acme.events.e", 1)));
        await fleet.SendAsync("a", 1, tenant: 2);
        Assert.Equal("""[1,"other"]""", Last(await fleet.PublishedAsync("other.events.e", 1)));
        var cell = fleet.Fleet.KeeperOf(1)!.Running!.Cell;
        Assert.Same(cell, fleet.Fleet.KeeperOf(2)!.Running!.Cell);

        await fleet.UpdateAsync(state => state.WithoutTenant(state.FindTenant("acme")!, DateTimeOffset.UnixEpoch));
        await fleet.SendAsync("a", 2, tenant: 2);
        Assert.Equal("""[2,"other"]""", Last(await fleet.PublishedAsync("other.events.e", 2)));

        await fleet.UpdateAsync(state => state.WithoutTenant(state.FindTenant("other")!, DateTimeOffset.UnixEpoch));
        Assert.Equal(WorkerEnd.Stopped, (await cell.Ended.WaitAsync(TimeSpan.FromMinutes(1))).End);
    }

    private static string? Last(IReadOnlyList<JsonNode> items) => items.OfType<JsonObject>().Last()["properties"]!["seen"]!.ToJsonString();
}
