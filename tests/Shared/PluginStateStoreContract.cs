using System.Text;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;

namespace GripProxy.Testing;

/// <summary>What every state store does (plugins.md §12.2).</summary>
public abstract class PluginStateStoreContract
{
    private const string Source = "export const processEvent = (event) => event";

    /// <summary>The store of this test; each call opens it anew, on what was kept before.</summary>
    internal abstract Task<IPluginStateStore> OpenAsync();

    [Fact]
    public async Task PLG31_Document_IsThereAgainWithEveryKindOfRecord()
    {
        var package = Package();
        await using (var store = await OpenAsync())
            await store.UpdateAsync(state => Filled(state, package), new StateContent { Packages = [package], Files = Files("f1", "contents") });

        await using var again = await OpenAsync();

        var state = again.Current;
        Assert.Equal(1, state.Revision);
        var tenant = Assert.Single(state.Tenants);
        Assert.Equal(("acme", 1, true, "a."), (tenant.Name, tenant.Number, tenant.Managed, (string?)tenant.Settings["channel_prefix"]));
        Assert.Equal([KeyKind.Ingest, KeyKind.Operator], state.Keys.Select(key => key.Kind));
        var install = Assert.Single(state.InstallsOf(1));
        Assert.Equal(("greeter", 3, true, package.Files.Hash), (install.Name, install.Order, install.Enabled, install.Package));
        Assert.Equal("""{"word":"hello","api_key":"very secret text"}""", install.Config.ToJsonString());
        Assert.Equal("f1", install.Attachments["data"].Id);
        Assert.Equal(1, install.Revision);
        Assert.True(state.IsApproved(package.Files.Hash));
        Assert.NotNull(state.FindPackage(1, package.Files.Hash));
        Assert.Equal(Source, Encoding.UTF8.GetString((await again.ReadPackageAsync(package.Files.Hash))!.Files.Find("index.js")!));
        Assert.Equal("contents", Encoding.UTF8.GetString((await again.ReadFileAsync("f1"))!));
    }

    [Fact]
    public async Task PLG31_Change_OfOneRecord_RaisesOnlyItsRevision()
    {
        await using var store = await OpenAsync();
        var package = Package();
        await store.UpdateAsync(state => Filled(state, package), new StateContent { Packages = [package] });
        var told = 0;
        store.Changed += (_, _) => told++;

        await store.UpdateAsync(state => state.With(state.FindInstall(1, 1)! with { Enabled = false }));
        await store.UpdateAsync(state => state);

        Assert.Equal((2, 1), (store.Current.Revision, told));
        Assert.Equal((2, 1), (store.Current.FindInstall(1, 1)!.Revision, store.Current.FindTenant("acme")!.Revision));
    }

    [Fact]
    public async Task PLG31_Changes_AtTheSameTime_AreAllThere()
    {
        await using var store = await OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => store.UpdateAsync(state =>
        {
            var next = state.Numbered(NumbersRecord.Tenants, $"t{i}", number => state.Tenants.Any(tenant => tenant.Number == number), out var number);
            return next.With(new TenantRecord { Number = number, Name = $"t{i}" });
        }))));

        Assert.Equal(Enumerable.Range(1, 50), store.Current.Tenants.Select(tenant => tenant.Number));
        Assert.Equal(50, store.Current.Revision);
    }

    [Fact]
    public async Task PLG31_Change_ThatThrows_ChangesNothing()
    {
        await using var store = await OpenAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.UpdateAsync(_ => throw new InvalidOperationException("no")));

        Assert.Equal(0, store.Current.Revision);
    }

    [Fact]
    public async Task PLG31_Numbers_AreNeverGivenTwice()
    {
        await using var store = await OpenAsync();
        static bool None(int number) => false;

        await store.UpdateAsync(state => state.Numbered("installs/1", "a", None, out _).Numbered("installs/1", "b", None, out _));
        var state = store.Current.Numbered("installs/1", "a", None, out var again);
        // Somebody else is called so now: the number stays with who has it.
        state.Numbered("installs/1", "b", number => number == 2, out var taken);
        state.Numbered("installs/2", "a", None, out var elsewhere);

        Assert.Equal((1, 3, 1), (again, taken, elsewhere));
    }

    [Fact]
    public async Task PLG31_Content_NobodyNames_IsForgotten()
    {
        await using var store = await OpenAsync();
        var package = Package();
        await store.UpdateAsync(state => Filled(state, package), new StateContent { Packages = [package], Files = Files("f1", "contents") });

        await store.UpdateAsync(state => state.WithoutTenant(state.FindTenant("acme")!, DateTimeOffset.UnixEpoch));

        Assert.Null(await store.ReadPackageAsync(package.Files.Hash));
        Assert.Null(await store.ReadFileAsync("f1"));
        Assert.Equal([KeyKind.Operator], store.Current.Keys.Select(key => key.Kind));
    }

    [Fact]
    public async Task PLG43_LastGoodVersion_IsKeptWithItsPackageAndFiles_AsLongAsItsInstall()
    {
        var package = Package();
        await using (var store = await OpenAsync())
        {
            await store.UpdateAsync(
                state => Filled(state, package).Without(new PackageRecord { Tenant = 1, Hash = package.Files.Hash, Name = "", Version = "" }).With(new LastGoodRecord
                {
                    Tenant = 1,
                    Number = 1,
                    Package = package.Files.Hash,
                    Config = new JsonObject { ["api_key"] = "the old secret" },
                    Attachments = new Dictionary<string, AttachmentRecord>(StringComparer.Ordinal) { ["data"] = new("f2", "text/plain", "data.txt", 3) },
                    Message = "no licence",
                }),
                new StateContent { Packages = [package], Files = Files("f2", "old") });
            await store.UpdateAsync(state => state.With(state.FindInstall(1, 1)! with { Package = "another", Attachments = new Dictionary<string, AttachmentRecord>(StringComparer.Ordinal) }));
        }

        await using var again = await OpenAsync();
        var good = again.Current.Find<LastGoodRecord>(LastGoodRecord.FieldOf(1, 1))!;
        Assert.Equal(("""{"api_key":"the old secret"}""", "no licence"), (good.Config.ToJsonString(), good.Message));
        Assert.NotNull(await again.ReadPackageAsync(good.Package));
        Assert.Equal("old", Encoding.UTF8.GetString((await again.ReadFileAsync(good.Attachments["data"].Id))!));

        await again.UpdateAsync(state => state.WithoutInstall(state.FindInstall(1, 1)!, DateTimeOffset.UnixEpoch));
        Assert.Null(again.Current.Find<LastGoodRecord>(LastGoodRecord.FieldOf(1, 1)));
        Assert.Null(await again.ReadPackageAsync(good.Package));
    }

    [Fact]
    public async Task PLG31_CompiledCode_IsThatOfOneCompiler()
    {
        await using var store = await OpenAsync();
        var package = Package();
        await store.UpdateAsync(state => Filled(state, package), new StateContent { Packages = [package] });

        await store.WriteCodeAsync(package.Files.Hash, "c1", new PluginCode("""{"main":"index.js"}"""u8.ToArray(), ["crypto"]));

        Assert.Null(await store.ReadCodeAsync(package.Files.Hash, "c2"));
        var code = await store.ReadCodeAsync(package.Files.Hash, "c1");
        Assert.Equal(("""{"main":"index.js"}""", "crypto"), (Encoding.UTF8.GetString(code!.Json.Span), Assert.Single(code.Imports)));
    }

    [Fact]
    public async Task PLG31_Audit_HasTheNewestFirst()
    {
        await using var store = await OpenAsync();
        for (var i = 1; i <= 3; i++)
        {
            await store.UpdateAsync(
                state => state.With(new ApprovalRecord { Hash = $"h{state.Revision}" }),
                new StateContent { Audit = [new AuditEntry { Time = DateTimeOffset.UnixEpoch.AddSeconds(i), By = "ops", Action = "package.approve", Object = $"h{i}", After = new JsonObject { ["n"] = i } }] });
        }

        var newest = await store.ReadAuditAsync(before: null, limit: 2);
        var older = await store.ReadAuditAsync(newest[^1].Id, limit: 2);

        Assert.Equal(["h3", "h2"], newest.Select(line => line.Object));
        Assert.Equal(("h1", "ops", "package.approve", 1), (Assert.Single(older).Object, older[0].By, older[0].Action, (int?)older[0].After!["n"]));
        Assert.Null(older[0].Before);
    }

    private static PluginPackage Package() => PluginPackage.Read(PackageFiles.FromSource(Source), inline: true);

    private static Dictionary<string, ReadOnlyMemory<byte>> Files(string id, string contents) => new(StringComparer.Ordinal) { [id] = Encoding.UTF8.GetBytes(contents) };

    private static PluginState Filled(PluginState state, PluginPackage package) => state
        .With(new TenantRecord { Number = 1, Name = "acme", Managed = true, Settings = new JsonObject { ["channel_prefix"] = "a." } })
        .With(new KeyRecord { Id = "k1", Kind = KeyKind.Ingest, Tenant = 1, Hash = "00" })
        .With(new KeyRecord { Id = "k2", Kind = KeyKind.Operator, Hash = "01" })
        .With(new PackageRecord { Tenant = 1, Hash = package.Files.Hash, Name = package.Name, Version = package.Version })
        .With(new ApprovalRecord { Hash = package.Files.Hash, By = "ops" })
        .With(new InstallRecord
        {
            Tenant = 1,
            Number = 1,
            Name = "greeter",
            Package = package.Files.Hash,
            Order = 3,
            Enabled = true,
            Config = new JsonObject { ["word"] = "hello", ["api_key"] = "very secret text" },
            Attachments = new Dictionary<string, AttachmentRecord>(StringComparer.Ordinal) { ["data"] = new("f1", "text/plain", "data.txt", 8) },
        });
}
