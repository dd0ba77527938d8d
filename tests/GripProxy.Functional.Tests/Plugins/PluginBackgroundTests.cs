using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests.Plugins;

/// <summary>A plugin of the built program that computes on and on gets what others leave of the processor (plugins.md §1), and operators see it.</summary>
public sealed class PluginBackgroundTests
{
    [Fact]
    public async Task PLG17_Cell_ThatComputesOnAndOn_IsShownInTheBackground()
    {
        await using ProxyWithPlugins world = await ProxyWithPlugins.StartAsync(
            "export const processEvent = (event) => { if (event.event === 'bad') while (true) {} console.log(`saw ${event.event}`); return event }");
        await world.SendAsync("""{"event":"good","distinct_id":"a"}""");
        await world.Proxy.Output.WaitForAsync(line => line.EndsWith("saw good", StringComparison.Ordinal));
        Assert.False(await IsInBackgroundAsync(world));

        await world.SendAsync("""{"event":"bad","distinct_id":"a"}""");

        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (!await IsInBackgroundAsync(world))
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<bool> IsInBackgroundAsync(ProxyWithPlugins world)
    {
        using HttpResponseMessage answer = await world.Proxy.Control.SendAsync(HttpMethod.Get, "/v1/cells", null, new AuthenticationHeaderValue("Bearer", ProxyWithPlugins.OperatorToken));
        JsonNode cell = Assert.Single(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["items"]!.AsArray())!;
        return (bool)cell["in_background"]!;
    }
}
