using GripProxy.Plugins.Tests.Pipeline;

namespace GripProxy.Plugins.Tests.Services;

/// <summary>What plugins may know beyond the event (plugins-api.md §3.10).</summary>
public sealed class ProfileCallTests
{
    [Fact]
    public async Task PLG49_Profiles_AreSetOnceAndReplaced_AndBounded()
    {
        await using var pipeline = new TestPipeline(new PluginsOptions { Profiles = true }, ServiceCalls.Plugin("""
            const { profiles } = meta
            const said = (call) => call.then(() => 'done', (error) => `${error.name}: ${error.message}`)
            profiles.set('anna', { plan: 'pro', n: 1 })
            profiles.setOnce('anna', { plan: 'free', since: '2026' })
            await profiles.set('anna', { n: 2 })
            return [await profiles.get('anna'), await profiles.get('nobody'), await said(profiles.set('anna', { large: 'x'.repeat(65536) })), await said(profiles.set('anna', 'text')),
              await said(profiles.get('x'.repeat(600))), (await profiles.get('anna')).n]
            """));

        Assert.Equal(
            """[{"plan":"pro","n":2,"since":"2026"},null,"RangeError: a profile may have 64 KiB","TypeError: a profile is an object","TypeError: the arguments of 'profiles.get' are wrong",2]""",
            await ServiceCalls.ValueAsync(pipeline));
    }

    [Fact]
    public async Task PLG49_Profiles_LearnWhatEventsTell()
    {
        await using var pipeline = new TestPipeline(new PluginsOptions { Profiles = true }, ServiceCalls.Plugin("return await meta.profiles.get('anna')"));
        using var first = System.Text.Json.JsonDocument.Parse("""{"event":"$identify","distinct_id":"anna","properties":{"$set":{"plan":"pro"},"$set_once":{"since":1}}}""");
        using var second = System.Text.Json.JsonDocument.Parse("""{"event":"x","distinct_id":"anna","properties":{"$set":{"plan":"free"},"$set_once":{"since":2}}}""");
        pipeline.Profiles.Learn(first.RootElement);
        pipeline.Profiles.Learn(second.RootElement);

        Assert.Equal("""{"since":1,"plan":"free"}""", await ServiceCalls.ValueAsync(pipeline));
    }

    [Fact]
    public async Task PLG49_Profiles_ThatAreOff_SaySo_AndTenantAndInstanceAreKnown() =>
        Assert.Equal(
            """["Error: no profiles are kept: [plugins] profiles_enabled",{"name":"acme","id":1},"test-node","string"]""",
            await ServiceCalls.ValueAsync(
                "return [await meta.profiles.get('a').catch((error) => `${error.name}: ${error.message}`), meta.tenant, meta.instance.node, typeof meta.instance.version]"));
}
