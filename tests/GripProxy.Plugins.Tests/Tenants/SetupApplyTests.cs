using System.Security.Cryptography;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;
using GripProxy.Plugins.State.Sqlite;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tenants.Setup;
using GripProxy.Plugins.Tests.Fixture;
using Microsoft.Data.Sqlite;

namespace GripProxy.Plugins.Tests.Tenants;

/// <summary>A set-up file is applied to what is kept (plugins-http.md §5).</summary>
public sealed class SetupApplyTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly EgressClient _egress = new(new EgressOptions(), static () => [], TimeProvider.System);
    private readonly SqliteStateStore _store;
    private readonly SetupRunner _runner;

    public SetupApplyTests()
    {
        _store = new SqliteStateStore(_folder.File("state.db"), new SecretBox("a key"));
        _runner = new SetupRunner(_folder.File("plugins.json"), static name => name == "WORD" ? "from outside" : null, _store, _egress, TimeProvider.System);
        _folder.Write("greeter/plugin.json", """{"name":"greeter","version":"1.0"}""");
        _folder.Write("greeter/index.js", "exports.processEvent = (event) => event");
        _folder.Write("data.txt", "contents");
    }

    [Fact]
    public async Task PLG23_File_MakesTenantsKeysPackagesAndInstalls()
    {
        Write("""
            {"name":"acme","channel_prefix":"a.","keys":[{"kind":"ingest","value":"key-of-acme"},{"kind":"tenant","name":"ops","value":"gpt_a-token-of-the-tenant"}],
             "plugins":[{"path":"greeter","enabled":true,"order":3,"config":{"word":{"env":"WORD"}},"attachments":{"data":{"file":"data.txt"}},"on_start":"pass"}]}
            """);

        var outcome = await _runner.ApplyAsync();

        Assert.Equal(["create tenant acme", "create key " + KeyHash.Of("key-of-acme")[..16], "create key " + KeyHash.Of("gpt_a-token-of-the-tenant")[..16], "create plugin acme/greeter"], Lines(outcome));
        var tenant = Assert.Single(_store.Current.Tenants);
        Assert.Equal((1, true, """{"channel_prefix":"a."}"""), (tenant.Number, tenant.Managed, tenant.Settings.ToJsonString()));
        Assert.Equal([KeyKind.Ingest, KeyKind.Tenant], _store.Current.Keys.Select(key => key.Kind).Order());
        var install = Assert.Single(_store.Current.InstallsOf(1));
        Assert.Equal((1, true, 3, """{"on_start":"pass"}"""), (install.Number, install.Enabled, install.Order, install.Settings.ToJsonString()));
        Assert.Equal("""{"word":"from outside"}""", install.Config.ToJsonString());
        Assert.Equal("contents", System.Text.Encoding.UTF8.GetString((await _store.ReadFileAsync(install.Attachments["data"].Id))!));
        Assert.Equal("1.0", (await _store.ReadPackageAsync(install.Package))!.Version);
    }

    [Fact]
    public async Task PLG23_File_AppliedAgain_ChangesNothing()
    {
        Write("""{"name":"acme","keys":[{"kind":"ingest","value":"key-of-acme"}],"plugins":[{"path":"greeter","enabled":true,"attachments":{"data":{"file":"data.txt"}}}]}""");
        await _runner.ApplyAsync();
        var revision = _store.Current.Revision;

        Assert.Empty((await _runner.ApplyAsync()).Differences);
        Assert.Equal(revision, _store.Current.Revision);
    }

    [Fact]
    public async Task PLG23_File_Changed_TellsTheMembersAndInADryRunOnlyTells()
    {
        Write("""{"name":"acme","plugins":[{"path":"greeter","enabled":true,"config":{"word":"a"}}]}""");
        await _runner.ApplyAsync();
        _folder.Write("greeter/index.js", "exports.processEvent = () => null");
        Write("""{"name":"acme","routes":[],"plugins":[{"path":"greeter","enabled":false,"order":1,"config":{"word":"b"}}]}""");

        var dry = await _runner.ApplyAsync(dryRun: true);

        Assert.Equal(["change tenant acme: routes", "change plugin acme/greeter: package, order, enabled, config"], Lines(dry));
        Assert.True(_store.Current.FindInstall(1, 1)!.Enabled);
        Assert.Equal(Lines(dry), Lines(await _runner.ApplyAsync()));
        Assert.False(_store.Current.FindInstall(1, 1)!.Enabled);
        // The version before is nobody's any more.
        Assert.Single(_store.Current.PackagesOf(1));
    }

    [Fact]
    public async Task PLG23_WhatVanishesFromTheFile_GoesAndWhatCameByTheApiStays()
    {
        Write("""{"name":"acme","keys":[{"kind":"ingest","value":"key-of-acme"}],"plugins":[{"path":"greeter"},{"path":"greeter","name":"second"}]}""");
        await _runner.ApplyAsync();
        await _store.UpdateAsync(state => state.With(new InstallRecord { Tenant = 1, Number = 9, Name = "by hand", Package = state.FindInstall(1, 1)!.Package }));
        Write("""{"name":"acme","plugins":[{"path":"greeter"}]}""");

        Assert.Equal(["remove plugin acme/second", "remove key " + KeyHash.Of("key-of-acme")[..16]], Lines(await _runner.ApplyAsync()));
        Assert.Equal(["greeter", "by hand"], _store.Current.InstallsOf(1).Select(install => install.Name));

        File.WriteAllText(_folder.File("plugins.json"), """{"tenants":[]}""");
        Assert.Equal(["remove plugin acme/greeter"], Lines(await _runner.ApplyAsync()));
        Assert.NotNull(_store.Current.FindTenant("acme"));
        await _store.UpdateAsync(state => state.Without(state.FindInstall(1, 9)!));
        Assert.Equal(["remove tenant acme"], Lines(await _runner.ApplyAsync()));
    }

    [Fact]
    public async Task PLG23_WithoutPrune_NothingGoes()
    {
        Write("""{"name":"acme","plugins":[{"path":"greeter"}]}""");
        await _runner.ApplyAsync();
        File.WriteAllText(_folder.File("plugins.json"), """{"prune":false,"tenants":[]}""");

        Assert.Empty((await _runner.ApplyAsync()).Differences);
        Assert.Single(_store.Current.InstallsOf(1));
    }

    [Fact]
    public async Task PLG23_EnabledNotSaid_StaysAsItWasSwitched()
    {
        Write("""{"name":"acme","plugins":[{"path":"greeter"}]}""");
        await _runner.ApplyAsync();
        await _store.UpdateAsync(state => state.With(state.FindInstall(1, 1)! with { Enabled = true }));

        Assert.Empty((await _runner.ApplyAsync()).Differences);
        Assert.True(_store.Current.FindInstall(1, 1)!.Enabled);
    }

    [Fact]
    public async Task PLG23_Package_ByHash_IsTheOneThatIsKept()
    {
        Write("""{"name":"acme","plugins":[{"path":"greeter"}]}""");
        await _runner.ApplyAsync();
        var hash = _store.Current.FindInstall(1, 1)!.Package;
        Write($$"""{"name":"acme","plugins":[{"path":"greeter"},{"hash":"{{hash}}","name":"again"},{"hash":"00","name":"none"}]}""");

        Assert.Equal(["plugins.json.tenants[0].plugins[2].hash 00: is not a package that is known here"], (await _runner.ApplyAsync()).Problems);
        Write($$"""{"name":"acme","plugins":[{"path":"greeter"},{"hash":"{{hash}}","name":"again"}]}""");
        Assert.Equal(["create plugin acme/again"], Lines(await _runner.ApplyAsync()));
    }

    [Fact]
    public async Task PLG23_Package_ByAddress_NeedsItsHashAndAPermittedAddress()
    {
        Write("""
            {"name":"acme","plugins":[{"url":"https://plugins.example/a.zip"},
              {"url":"http://127.0.0.1:1/a.zip","sha256":"0000000000000000000000000000000000000000000000000000000000000000"},
              {"url":"https://plugins.example/a.zip","path":"greeter"}]}
            """);

        var problems = (await _runner.ApplyAsync()).Problems;

        Assert.Equal(3, problems.Count);
        Assert.StartsWith("plugins.json.tenants[0].plugins[0].sha256 must be there with \"url\"", problems[0], StringComparison.Ordinal);
        Assert.StartsWith("plugins.json.tenants[0].plugins[1].url http://127.0.0.1:1/a.zip: cannot be fetched", problems[1], StringComparison.Ordinal);
        Assert.StartsWith("plugins.json.tenants[0].plugins[2].path is missing", problems[2], StringComparison.Ordinal);
        Assert.Equal(0, _store.Current.Revision);
    }

    [Fact]
    public async Task PLG23_Package_ByAddress_IsFetchedOnce_AndAgainIfWhatIsKeptIsDamaged()
    {
        var archive = PackageWriter.Zip(PackageFolder.Read(_folder.File("greeter")));
        var fetched = 0;
        await using var server = await TestServer.StartAsync(async context =>
        {
            fetched++;
            await context.Response.Body.WriteAsync(archive);
        });
        Assert.True(EgressHole.TryParse($"127.0.0.1:{server.Port}", out var hole));
        using var egress = new EgressClient(new EgressOptions { AllowPrivate = [hole] }, static () => [], TimeProvider.System);
        using var runner = new SetupRunner(_folder.File("plugins.json"), static _ => null, _store, egress, TimeProvider.System);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(archive));
        Write($$"""{"name":"acme","plugins":[{"url":"{{server.Url}}a.zip","sha256":"{{sha256}}","enabled":true}]}""");

        Assert.Equal(["create tenant acme", "create plugin acme/greeter"], Lines(await runner.ApplyAsync()));
        var install = Assert.Single(_store.Current.InstallsOf(1));
        Assert.Equal((sha256, "1.0"), (install.Archive, (await _store.ReadPackageAsync(install.Package))!.Version));
        Assert.Empty(Lines(await runner.ApplyAsync()));
        Assert.Equal(1, fetched);

        Damage();
        Assert.Empty((await runner.ApplyAsync()).Problems);
        Assert.Equal(2, fetched);
        Assert.Equal("1.0", (await _store.ReadPackageAsync(install.Package))!.Version);

        Write($$"""{"name":"acme","plugins":[{"url":"{{server.Url}}a.zip","sha256":"{{new string('0', 64)}}","enabled":true}]}""");
        Assert.EndsWith($"has the SHA-256 {sha256}, not that of \"sha256\"", Assert.Single((await runner.ApplyAsync()).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG23_Package_InAFolder_HealsWhatIsKeptDamaged()
    {
        Write("""{"name":"acme","plugins":[{"path":"greeter"}]}""");
        await _runner.ApplyAsync();
        Damage();

        Assert.Empty((await _runner.ApplyAsync()).Problems);

        Assert.Equal("1.0", (await _store.ReadPackageAsync(Assert.Single(_store.Current.InstallsOf(1)).Package))!.Version);
    }

    [Fact]
    public async Task PLG40_FurtherTenant_WhereAllWouldShareAProcess_IsRefused()
    {
        using var runner = new SetupRunner(_folder.File("plugins.json"), static _ => null, _store, _egress, TimeProvider.System) { IsForOneTenant = true };
        Write("""{"name":"acme"},{"name":"other"}""");
        Assert.Equal([SetupRunner.OneTenant], (await runner.ApplyAsync()).Problems);
        Assert.Empty(_store.Current.Tenants);

        Write("""{"name":"acme"}""");
        Assert.Empty((await runner.ApplyAsync()).Problems);
        Write("""{"name":"other"}""");
        Assert.Equal([SetupRunner.OneTenant], (await runner.ApplyAsync()).Problems);

        // One of the store is enough.
        await _store.UpdateAsync(state => state.With(new TenantRecord { Number = 7, Name = "third" }));
        using var without = new SetupRunner("", static _ => null, _store, _egress, TimeProvider.System) { IsForOneTenant = true };
        Assert.Equal([SetupRunner.OneTenant], (await without.ApplyAsync()).Problems);
    }

    [Fact]
    public async Task PLG23_WithoutAFile_ThereIsTheTenantDefault()
    {
        using var runner = new SetupRunner("", static _ => null, _store, _egress, TimeProvider.System);

        await runner.ApplyAsync();
        await runner.ApplyAsync();

        Assert.Equal(("default", 1, false), (Assert.Single(_store.Current.Tenants).Name, 1, false));
        Assert.Equal(1, _store.Current.Revision);
    }

    [Fact]
    public async Task PLG23_Numbers_OfTheVersionBefore_AreTakenOver()
    {
        _folder.Write("numbers.json", """{"tenants":{"old":1,"acme":2},"installs of acme":{"gone":1,"greeter":5}}""");
        await OldNumbers.TakeAsync(_folder.File("numbers.json"), _store);
        Write("""{"name":"acme","plugins":[{"path":"greeter"},{"path":"greeter","name":"new"}]}""");

        await _runner.ApplyAsync();

        Assert.Equal(2, _store.Current.FindTenant("acme")!.Number);
        Assert.Equal([("greeter", 5), ("new", 6)], _store.Current.InstallsOf(2).Select(install => (install.Name, install.Number)));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _runner.Dispose();
        await _store.DisposeAsync();
        _egress.Dispose();
        _folder.Dispose();
    }

    private static List<string> Lines(SetupOutcome outcome)
    {
        Assert.Empty(outcome.Problems);
        return [.. outcome.Differences.Select(difference => difference.ToString())];
    }

    private void Damage()
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _folder.File("state.db"), Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE packages SET files = x'00'";
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    private void Write(string tenant) => _folder.Write("plugins.json", $$"""{"tenants":[{{tenant}}]}""");
}
