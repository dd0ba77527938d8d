using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Tests.Pipeline;

namespace GripProxy.Plugins.Tests.Services;

/// <summary>Runs lines of JavaScript as a plugin whose services are the real ones.</summary>
internal static class ServiceCalls
{
    /// <summary>What the lines return, as JSON.</summary>
    public static async Task<string> ValueAsync(string lines)
    {
        await using var pipeline = new TestPipeline(Plugin(lines));
        return await ValueAsync(pipeline);
    }

    /// <summary>A plugin of these lines, which find the meta's members by their names.</summary>
    public static string Plugin(string lines) => $$"""
        export async function processEvent(event, meta) {
          const { cache, storage, utils, config, global } = meta
          const run = async () => { {{lines}} }
          event.properties.result = JSON.stringify(await run())
          return event
        }
        """;

    /// <summary>What the lines of a pipeline's first plugin return.</summary>
    public static async Task<string> ValueAsync(TestPipeline pipeline)
    {
        var running = await pipeline.Keeper.GetAsync();
        var result = Assert.Single(await running.Cell.ChainAsync([running.Chain[0].Copy], [TestPipeline.Event("a", 1).Body]).WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(result.Errors.Count == 0, string.Join('\n', result.Errors.Select(error => error.Error.Stack)));
        return JsonNode.Parse(Encoding.UTF8.GetString(result.Event!.Value.Span))!["properties"]!["result"]!.ToString(); // There is an event.
    }
}
