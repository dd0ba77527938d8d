using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;
using GripProxy.Plugins.State.Sqlite;
using GripProxy.Plugins.Tenants;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Tests.Fleet;

/// <summary>Which node does the one-time step of an install; the nodes of these tests share one store.</summary>
public sealed class InstallStepsTests : IAsyncLifetime
{
    private static readonly PluginPackage Package = PluginPackage.Read(PackageFiles.FromSource("export const installPlugin = () => {}"), inline: true);
    private static readonly Install Wanted = new() { Number = 1, Name = "p", Package = Package, Enabled = true };

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private SqliteStateStore _store = null!; // Opened before each test.

    public async Task InitializeAsync()
    {
        _store = new SqliteStateStore(_folder.File("state.db"), new SecretBox("a key"));
        await _store.UpdateAsync(state => state.With(new InstallRecord { Tenant = 1, Number = 1, Name = "p", Package = Package.Files.Hash, Enabled = true }));
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task PLG32_Step_ThatAnotherNodeDoes_IsWaitedForAndNotDoneAgain()
    {
        var (a, b) = (Of("a"), Of("b"));
        Assert.True(await a.BeginAsync(Wanted));
        var waiting = b.BeginAsync(Wanted);
        Assert.False(waiting.IsCompleted);

        await a.EndAsync(Wanted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await waiting);
        Assert.Null(_store.Current.Find<StepRecord>(StepRecord.FieldOf(1, 1)));
        Assert.Equal(Package.Files.Hash, _store.Current.FindInstall(1, 1)!.InstalledPackage);
    }

    [Fact]
    public async Task PLG32_Step_ThatFailed_IsTriedByWhoeverIsNext()
    {
        var (a, b) = (Of("a"), Of("b"));
        await a.BeginAsync(Wanted);
        var waiting = b.BeginAsync(Wanted);

        await a.GiveUpAsync(Wanted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(await waiting);
        Assert.Equal("b", _store.Current.Find<StepRecord>(StepRecord.FieldOf(1, 1))!.By);
    }

    [Fact]
    public async Task PLG32_Step_OfANodeThatDied_IsTakenOverOnceItsTimeIsOver()
    {
        await Of("a").BeginAsync(Wanted);

        Assert.True(await Of("a").BeginAsync(Wanted));
        _time.Advance(TimeSpan.FromSeconds(46));
        Assert.True(await Of("b").BeginAsync(Wanted));
    }

    [Fact]
    public async Task PLG32_Node_ThatIsAlone_AsksNobody()
    {
        Assert.True(await Of(null).BeginAsync(Wanted));

        Assert.Equal(1, _store.Current.Revision);
    }

    private InstallSteps Of(string? node) => new(1, node, TimeSpan.FromSeconds(30), _store, _time, NullLogger.Instance);
}
