using System.Text.Json.Nodes;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Supervision;

namespace GripProxy.Plugins.Tests.Fleet;

/// <summary>No event is lost, passed twice, or overtaken, whatever is switched and replaced meanwhile (plugins.md §6.2, §6.5, §14 G-TOG-1, G-UPD-1).</summary>
public sealed class SwitchingUnderLoadTests
{
    private const string Channel = "acme.events.e";
    private const int Keys = 7;
    private const int Behind = 100;
    private const int Switches = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task PLG30_RandomSwitchesAndReplacements_UnderLoad_LoseAndDoubleNothing(int seed)
    {
        await using var fleet = new TestFleet();
        await fleet.StartAsync();
        // One that is replaced all the time, one that is switched, and one that stays.
        await fleet.InstallAsync(1, Versioned(0));
        await fleet.InstallAsync(2, Marks("b"));
        await fleet.InstallAsync(3, Marks("c"));
        // What is sent before one of them is up passes it by.
        foreach (var id in new[] { 1, 2, 3 })
            await fleet.UntilAsync(id, InstallState.Enabled);
        var switching = SwitchAsync(fleet, new Random(seed));

        var random = new Random(seed + 100);
        var sent = 0;
        for (; !switching.IsCompleted; sent += 10)
        {
            await fleet.SendAsync([.. Enumerable.Range(sent, 10).Select(number => ($"d{random.Next(Keys)}", number))]);
            await fleet.PublishedAsync(Channel, Math.Max(0, sent - Behind));
        }

        await switching;
        var items = await fleet.PublishedAsync(Channel, sent);

        Assert.Equal(0, fleet.Queue.DeadLetters.Count(1, new DeadLetterFilter()));
        Assert.Equal(sent, fleet.Published(Channel).Count);
        Assert.Equal(Enumerable.Range(0, sent), items.Select(Number).Order());
        foreach (var ofOne in items.GroupBy(item => (string?)item["distinct_id"]))
            Assert.Equal(ofOne.Select(Number).Order(), ofOne.Select(Number));
        // Exactly one version of the first, at most one passage of the second, one of the third.
        Assert.All(items, item => Assert.Single(List(item, "a")));
        Assert.All(items, item => Assert.InRange(List(item, "b").Count, 0, 1));
        Assert.All(items, item => Assert.Single(List(item, "c")));
    }

    private static async Task SwitchAsync(TestFleet fleet, Random random)
    {
        var version = 0;
        for (var i = 0; i < Switches; i++)
        {
            switch (random.Next(4))
            {
                case 0:
                    await fleet.SwitchAsync(2, enabled: random.Next(2) == 0);
                    break;
                case 1:
                    await fleet.Fleet.KeeperOf(1)!.RestartAsync();
                    break;
                case 2:
                    // One that does not come up: the version before serves on.
                    await fleet.InstallAsync(1, $"export const setupPlugin = () => {{ throw new Error('{version++}') }}\n" + Marks("a"));
                    await fleet.UntilAsync(1, InstallState.FailedUpdate);
                    break;
                default:
                    await fleet.InstallAsync(1, Versioned(++version));
                    await fleet.UntilAsync(1, InstallState.Enabled);
                    break;
            }
        }
    }

    private static string Versioned(int version) => $"export const setupPlugin = () => new Promise((resolve) => setTimeout(resolve, {version % 3}))\n// {version}\n" + Marks("a");

    private static string Marks(string name) => $$"""
        export async function processEvent(event) {
          if (event.properties.n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2))
          event.properties.{{name}} = [...(event.properties.{{name}} ?? []), 1]
          return event
        }
        """;

    private static int Number(JsonNode item) => (int)item["properties"]!["n"]!;

    private static JsonArray List(JsonNode item, string name) => item["properties"]![name] as JsonArray ?? [];
}
