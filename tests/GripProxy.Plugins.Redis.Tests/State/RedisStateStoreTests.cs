using System.Text.Json.Nodes;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.Redis.State;
using GripProxy.Plugins.Redis.Tests.Queue;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Switches;
using GripProxy.Redis.Client;
using GripProxy.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Plugins.Redis.Tests.State;

/// <summary>The store of a cluster.</summary>
public sealed class RedisStateStoreTests : PluginStateStoreContract, IAsyncLifetime
{
    private const string Key = "a key of this cluster, long enough";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly List<RedisClient> _clients = [];
    private RedisServer _redis = null!; // Set before each test.

    public async Task InitializeAsync() => _redis = await RedisServer.StartDurableAsync();

    public async Task DisposeAsync()
    {
        foreach (RedisClient client in _clients)
        {
            await client.DisposeAsync();
        }

        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task PLG31_Change_OfOneNode_IsSeenByTheOthers()
    {
        await using IPluginStateStore one = await OpenAsync();
        await using IPluginStateStore other = await OpenAsync();
        Task seen = SeenAsync(other, state => state.FindTenant("acme") is not null);

        await one.UpdateAsync(state => state.With(new TenantRecord { Number = 1, Name = "acme" }));
        await seen;
        seen = SeenAsync(one, state => !state.Tenants.Any());
        await other.UpdateAsync(state => state.WithoutTenant(state.FindTenant("acme")!, DateTimeOffset.UnixEpoch));
        await seen;

        Assert.Equal((2, 2), (one.Current.Revision, other.Current.Revision));
    }

    [Fact]
    public async Task PLG56_Switch_ThatIsTurnedOnOneNode_IsTurnedOnAll()
    {
        await using IPluginStateStore one = await OpenAsync();
        await using IPluginStateStore other = await OpenAsync();
        using SwitchBoard board = new(other, TimeProvider.System);
        TaskCompletionSource turned = new(TaskCreationOptions.RunContinuationsAsynchronously);
        board.Turned = () => turned.TrySetResult();

        await one.UpdateAsync(state => state.With(new SwitchRecord { Name = SwitchName.PauseChain, By = "operator", Reason = "the peak" }));
        await turned.Task.WaitAsync(s_patience);
        Assert.Equal("the peak", board.Find(SwitchName.PauseChain)?.Reason);
        turned = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await one.UpdateAsync(state => state.Without(state.Find<SwitchRecord>(SwitchRecord.FieldOf(SwitchName.PauseChain))!));
        await turned.Task.WaitAsync(s_patience);

        Assert.False(board.IsOn(SwitchName.PauseChain));
    }

    [Fact]
    public async Task PLG31_Change_ThatMeetsAnother_IsMadeOnTheNewerDocument()
    {
        await using IPluginStateStore one = await OpenAsync();
        await using IPluginStateStore other = await OpenAsync();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => (i % 2 == 0 ? one : other).UpdateAsync(state =>
        {
            PluginState next = state.Numbered(NumbersRecord.Tenants, $"t{i}", number => state.Tenants.Any(tenant => tenant.Number == number), out int number);
            return next.With(new TenantRecord { Number = number, Name = $"t{i}" });
        }))));

        await SeenAsync(one, state => state.Revision == 40);
        await SeenAsync(other, state => state.Revision == 40);
        Assert.Equal(Enumerable.Range(1, 40), one.Current.Tenants.Select(tenant => tenant.Number));
        Assert.Equal(one.Current.Tenants.Select(tenant => tenant.Name), other.Current.Tenants.Select(tenant => tenant.Name));
    }

    [Fact]
    public async Task PLG31_Refusal_OnANewerDocument_TellsOfThatDocument()
    {
        await using IPluginStateStore one = await OpenAsync();
        await using IPluginStateStore other = await OpenAsync();
        Task seen = SeenAsync(other, state => state.FindTenant("acme") is not null);
        await one.UpdateAsync(state => state.With(new TenantRecord { Number = 1, Name = "acme" }));

        await Assert.ThrowsAsync<InvalidOperationException>(() => other.UpdateAsync(state =>
            state.FindTenant("acme") is not null ? throw new InvalidOperationException("it is there") : state.With(new TenantRecord { Number = 1, Name = "other" })));

        await seen;
    }

    [Fact]
    public async Task PLG31_Redis_Away_LeavesTheLastKnownStateAndRefusesChanges()
    {
        await using IPluginStateStore store = await OpenAsync();
        PluginPackage package = PluginPackage.Read(PackageFiles.FromSource("export const processEvent = (event) => event"), inline: true);
        await store.UpdateAsync(state => state.With(Install(package, enabled: true)), new StateContent { Packages = [package] });
        await _redis.KillAsync();

        await Assert.ThrowsAsync<StateUnavailableException>(() => store.UpdateAsync(state => state.With(Install(package, enabled: false))));

        Assert.True(store.Current.FindInstall(1, 1)!.Enabled);
        Assert.NotNull(await store.ReadPackageAsync(package.Files.Hash));
        await _redis.StartAgainAsync();
        await WhenTakenAsync(store, state => state.With(Install(package, enabled: false)));
        Assert.False(store.Current.FindInstall(1, 1)!.Enabled);
    }

    [Fact]
    public async Task PLG31_Redis_ThatLostEverything_IsToldAgain()
    {
        await using IPluginStateStore one = await OpenAsync();
        await using IPluginStateStore other = await OpenAsync();
        PluginPackage package = PluginPackage.Read(PackageFiles.FromSource("export const processEvent = (event) => event"), inline: true);
        await one.UpdateAsync(
            state => state.With(new TenantRecord { Number = 1, Name = "acme" }).With(Install(package, enabled: true)), new StateContent { Packages = [package] });
        await SeenAsync(other, state => state.FindInstall(1, 1) is not null);
        await other.ReadPackageAsync(package.Files.Hash);
        await _redis.AskAsync("FLUSHALL");
        await _redis.KillAsync();
        await _redis.StartAgainAsync();

        await SeenAsync(one, state => state.Revision > 1000);
        await SeenAsync(other, state => state.Revision > 1000);

        Assert.Equal(one.Current.Revision, other.Current.Revision);
        await using IPluginStateStore fresh = await OpenAsync();
        Assert.Equal("acme", Assert.Single(fresh.Current.Tenants).Name);
        Assert.NotNull(await fresh.ReadPackageAsync(fresh.Current.FindInstall(1, 1)!.Package));
    }

    [Fact]
    public async Task PLG31_Redis_ThatGotAsFarWithOtherChanges_IsFollowed()
    {
        // Its clock stands still, so that it hears of changes and does not look for them.
        await using IPluginStateStore one = await OpenAsync(new ManualTime());
        await one.UpdateAsync(state => state.With(new TenantRecord { Number = 1, Name = "lost" }));
        await _redis.AskAsync("FLUSHALL");
        await _redis.KillAsync();
        await _redis.StartAgainAsync();
        await using IPluginStateStore other = await OpenAsync();
        string channel = "test:{state}:changed";
        await TestCluster.UntilAsync(() => _redis.AskAsync("PUBSUB", "NUMSUB", channel).GetAwaiter().GetResult().Contains('2', StringComparison.Ordinal), "both listen again");
        Task seen = SeenAsync(one, state => state.FindTenant("kept") is not null);

        await other.UpdateAsync(state => state.With(new TenantRecord { Number = 2, Name = "kept" }));

        await seen;
        Assert.Equal((1, 1), (one.Current.Revision, other.Current.Revision));
        Assert.Null(one.Current.FindTenant("lost"));
    }

    [Fact]
    public async Task PLG31_Node_ThatMissedMoreThanIsRemembered_ReadsEverything()
    {
        await using IPluginStateStore store = await OpenAsync();
        PluginState all = await store.UpdateAsync(state => Enumerable.Range(0, 1100).Aggregate(state, (next, i) => next.With(new ApprovalRecord { Hash = $"h{i}" })));
        await store.UpdateAsync(_ => all with { Records = all.Records.RemoveRange(all.Records.Keys.Take(600)) });
        await store.UpdateAsync(state => state with { Records = state.Records.RemoveRange(state.Records.Keys.Take(450)) });

        StateServer server = new(Client(), "test");
        Reply reply = await server.ReadAsync((await server.ReadAsync("", 0))[0].Text, 1);

        Assert.Equal("1", reply[2].Text);
        Assert.Equal(50, (reply.Count - 3) / 3);
    }

    [Fact]
    public async Task PLG14_Redis_HoldsNoConfigurationInPlainText()
    {
        await using IPluginStateStore store = await OpenAsync();
        PluginPackage package = PluginPackage.Read(PackageFiles.FromSource("export const processEvent = (event) => event"), inline: true);

        await store.UpdateAsync(state => state.With(Install(package, enabled: true) with { Config = new JsonObject { ["password"] = "very secret text" } }));

        string kept = await _redis.AskAsync("HGET", "test:{state}", "install/1/1");
        Assert.Contains("\"number\":1", kept.Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("very secret", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PLG14_Node_WithAnotherKey_IsRefusedAndToldWhichKey()
    {
        await using IPluginStateStore store = await OpenAsync();

        StateUnavailableException refused = await Assert.ThrowsAsync<StateUnavailableException>(
            () => RedisStateStore.OpenAsync(Client(), "test", new SecretBox("another key"), TimeProvider.System, NullLogger<RedisStateStore>.Instance));

        Assert.Contains("[plugins] secret_key is not the key", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.IsLasting);
    }

    internal override Task<IPluginStateStore> OpenAsync() => OpenAsync(TimeProvider.System);

    private async Task<IPluginStateStore> OpenAsync(TimeProvider time) =>
        await RedisStateStore.OpenAsync(Client(), "test", new SecretBox(Key), time, NullLogger<RedisStateStore>.Instance);

    private static InstallRecord Install(PluginPackage package, bool enabled) =>
        new() { Tenant = 1, Number = 1, Name = "p", Package = package.Files.Hash, Enabled = enabled };

    // Each node has a connection of its own.
    private RedisClient Client()
    {
        RedisClient client = new(_redis.Address, TimeProvider.System);
        _clients.Add(client);
        return client;
    }

    private static async Task SeenAsync(IPluginStateStore store, Func<PluginState, bool> condition)
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Changed += (_, _) => Look();
        Look();
        await seen.Task.WaitAsync(s_patience);

        void Look()
        {
            if (condition(store.Current))
            {
                seen.TrySetResult();
            }
        }
    }

    // A client notices after a moment that its server is there again.
    private static async Task WhenTakenAsync(IPluginStateStore store, Func<PluginState, PluginState> change)
    {
        using CancellationTokenSource patience = new(s_patience);
        while (true)
        {
            try
            {
                await store.UpdateAsync(change);
                return;
            }
            catch (StateUnavailableException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
            }
        }
    }
}
