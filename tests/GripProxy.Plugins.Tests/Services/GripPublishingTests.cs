using System.Text.Json;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Pipeline;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Services;

/// <summary><c>grip.publish</c> as the host does it (plugins-api.md §3.8).</summary>
public sealed class GripPublishingTests
{
    [Fact]
    public async Task PLG61_Items_ThatWaitForTheirTime_MayBeSoManyBytesInAll()
    {
        var time = new ManualTime(DateTimeOffset.UnixEpoch.AddYears(50));
        var published = 0;
        var publishing = new GripPublishing(new Tenant { Name = "acme", Number = 1, ChannelPrefix = "" }, 1000, items => published += items.Count, time).Operations["grip.publish"];
        var install = TestPipeline.Install(1, "exports.processEvent = (event) => event");
        // Six megabytes: each of the channels has its own.
        var channels = string.Join(',', Enumerable.Range(0, 100).Select(number => $"\"c{number}\""));
        using var call = JsonDocument.Parse($$$"""{"channels":[{{{channels}}}],"delay_ms":60000,"item":{"formats":{"ws-message":{"content":"{{{new string('x', 60_000)}}}"} } } }""");

        Assert.Null((await publishing(install, call.RootElement)).Error);
        Assert.Null((await publishing(install, call.RootElement)).Error);
        Assert.Equal("RateLimitError", (await publishing(install, call.RootElement)).Error?.Name);

        time.Advance(TimeSpan.FromMinutes(1));
        await TestPipeline.UntilAsync(() => published == 200);
        Assert.Null((await publishing(install, call.RootElement)).Error);
    }
}
