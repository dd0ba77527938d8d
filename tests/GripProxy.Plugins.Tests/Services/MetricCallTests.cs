using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Tests.Pipeline;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Services;

/// <summary>Metrics that plugins keep, and other facts they ask for (plugins-api.md §3.4, §3.8; plugins.md §11.2).</summary>
public sealed class MetricCallTests
{
    [Fact]
    public async Task PLG25_Metrics_ThatAPluginDeclares_AreKeptByTheirKind()
    {
        await using var pipeline = new TestPipeline("export const metrics = { bids: 'sum', most: 'MAX', least: 'Min' }\nexport const exportEvents = () => {}\n" + ServiceCalls.Plugin("""
            const { metrics } = meta
            metrics.bids.increment(2); metrics.bids.increment(3); metrics.most.max(4); metrics.most.max(1); metrics.least.min(4); metrics.least.min(-1.5)
            metrics.events_seen.increment(1)
            const said = (call) => call.then(() => 'done', (error) => `${error.name}: ${error.message}`)
            return await Promise.all([metrics.bids.increment(0), metrics.other.increment(1), metrics.bids.max(1), metrics.bids.increment('1'), metrics.bids.increment(NaN), metrics.constructor.increment(1)].map(said))
            """));

        Assert.Equal(
            """["done","IllegalOperationError: the metric 'other' is not declared","IllegalOperationError: the metric 'bids' is a sum: call increment","TypeError: a metric takes a number","TypeError: a metric takes a number","IllegalOperationError: the metric 'constructor' is not declared"]""",
            await ServiceCalls.ValueAsync(pipeline));
        Assert.Equal(
            ["bids sum 5", "events_seen sum 1", "least min -1.5", "most max 4"],
            pipeline.Metrics.OwnOfToday().Select(metric => $"{metric.Name} {metric.Kind} {metric.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void PLG25_Metrics_AreKeptForEightDays_AndAreBounded()
    {
        var time = new ManualTime();
        var metrics = new PluginMetrics("acme", time);
        for (var day = 0; day < 12; day++)
        {
            metrics.Add("p", "n", "sum", day);
            time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Empty(metrics.OwnOfToday());
        Assert.Equal([5d, 6d, 7d, 8d, 9d, 10d, 11d], metrics.Of("p").Select(day => day.Value));
        Assert.NotNull(metrics.Add("p", "n", "max", 1).Error);
        Assert.NotNull(metrics.Add("p", "m", "other", 1).Error);
        Assert.NotNull(metrics.Add("p", "m", "sum", double.PositiveInfinity).Error);
        for (var i = 1; i < 20; i++)
            Assert.Null(metrics.Add("p", $"n{i}", "max", i).Error);
        Assert.NotNull(metrics.Add("p", "n20", "max", 1).Error);
        Assert.Null(metrics.Add("q", "n20", "max", 1).Error);
    }

    [Fact]
    public async Task PLG25_Metric_OfAnUnknownKind_KeepsThePluginFromLoading()
    {
        await using var pipeline = new TestPipeline("export const metrics = { a: 'average' }\nexport const processEvent = (event) => event");
        var running = await pipeline.Keeper.GetAsync();
        await running.Loaded;

        Assert.Contains("the metric 'a' must be sum, max or min", pipeline.Status(1).Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG60_Subscribers_OfAChannel_AreCounted() =>
        Assert.Equal("[5,0]", await ServiceCalls.ValueAsync("return [await meta.grip.subscribers('abcde'), await grip.subscribers('')]"));
}
