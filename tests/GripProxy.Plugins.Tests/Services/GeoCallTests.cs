using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Plugins.Tests.Pipeline;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Services;

/// <summary><c>geoip.locate</c> as plugins call it (plugins-api.md §3.7).</summary>
public sealed class GeoCallTests
{
    [Fact]
    public async Task PLG21_Locate_GivesTheRecordOrNull_WhateverIsAsked()
    {
        using var folder = new TempFolder();
        var writer = new MaxMindWriter(28, 6);
        writer.Add("5.6.0.0/16", new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["country"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["iso_code"] = "DE" },
        });
        await File.WriteAllBytesAsync(folder.File("city.mmdb"), writer.ToArray());
        await using var pipeline = new TestPipeline(
            new PluginsOptions { GeoDatabase = folder.File("city.mmdb") },
            ServiceCalls.Plugin("return await Promise.all(['5.6.7.8', '5.7.7.8', 'x', '', null, undefined, 5, {}, '\\ud800', Symbol('x')].map((ip) => meta.geoip.locate(ip)))"));

        Assert.Equal("""[{"country":{"isoCode":"DE"}},null,null,null,null,null,null,null,null,null]""", await ServiceCalls.ValueAsync(pipeline));
    }
}
