using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.State;
using GripProxy.Plugins.State.Sqlite;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tenants.Setup;
using GripProxy.Plugins.Tests.Fixture;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Tenants;

/// <summary>What the set-up file says of who may send, how much, and what installs do not see (plugins-http.md §2, §3.4, §5).</summary>
public sealed class SetupLimitsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tenant_WithQuotaAndKeys_IsRead()
    {
        var tenant = Assert.Single(await TenantsAsync(
            """{"name":"a","enabled":false,"quota":{"events_per_s":7},"keys":[{"kind":"ingest","value":"first-key"},{"kind":"ingest","value":"second-key","enabled":false}]}"""));

        Assert.Equal((false, 7), (tenant.Enabled, tenant.EventsPerSecond));
        Assert.Equal([KeyHash.Of("first-key")], tenant.KeyHashes);
        Assert.Equal([KeyHash.Of("second-key")], tenant.DisabledKeyHashes);
        Assert.False(new TenantDirectory([tenant]).ByKey("second-key")!.IsEnabled);
    }

    [Fact]
    public async Task Tenant_ThatSaysNothing_HasNoLimit()
    {
        var tenant = Assert.Single(await TenantsAsync("""{"name":"a"}"""));

        Assert.Equal((true, null), (tenant.Enabled, tenant.EventsPerSecond));
    }

    [Fact]
    public async Task PLG33_Install_ThatIgnoresEvents_IsRead()
    {
        _folder.Write("p/plugin.json", """{"name":"p"}""");
        _folder.Write("p/index.js", "");

        var tenant = Assert.Single(await TenantsAsync("""{"name":"a","plugins":[{"path":"p","events_to_ignore":["x","y"],"skip_own_captures":true,"functions_public":true}]}"""));

        var install = Assert.Single(tenant.Installs);
        Assert.Equal(["x", "y"], install.EventsToIgnore);
        Assert.True(install.SkipOwnCaptures);
        Assert.True(install.FunctionsPublic);
    }

    [Theory]
    [InlineData("\"quota\":5", "quota must be an object")]
    [InlineData("\"quota\":{\"events_per_s\":0}", "events_per_s must be 1 or more")]
    [InlineData("\"quota\":{\"events_per_s\":\"many\"}", "events_per_s must be a whole number")]
    [InlineData("\"quota\":{\"events\":5}", "events is unknown")]
    [InlineData("\"enabled\":1", "enabled must be true or false")]
    public async Task Tenant_ThatIsWrong_SaysWhat(string member, string problem) =>
        Assert.Contains((await ReadAsync($$"""{"name":"a",{{member}} }""")).Problems, text => text.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public async Task Key_OfTwoTenants_IsRefusedAlsoWhereItIsOff()
    {
        const string Key = "\"keys\":[{\"kind\":\"ingest\",\"value\":\"shared-key\",\"enabled\":false}]";

        Assert.Contains((await ReadAsync($$"""{"name":"a",{{Key}} },{"name":"b",{{Key}} }""")).Problems, text => text.Contains("a key belongs to one tenant", StringComparison.Ordinal));
    }

    private Task<SetupFile> ReadAsync(string tenants) =>
        new SetupReader(_folder.Write("plugins.json", $$"""{"tenants":[{{tenants}}]}"""), static _ => null, new NoPackages()).ReadAsync();

    // As they run, by way of what is kept.
    private async Task<IReadOnlyList<Tenant>> TenantsAsync(string tenants)
    {
        await using var store = new SqliteStateStore(_folder.File("state.db"), new SecretBox("a key"));
        await SetupApply.RunAsync(await ReadAsync(tenants), store, TimeProvider.System);
        return await new TenantModels(store, requireApproval: false, NullLogger.Instance).BuildAsync(store.Current);
    }
}
