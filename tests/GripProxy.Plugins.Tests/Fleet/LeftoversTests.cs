using System.Threading.Channels;
using GripProxy.Plugins.Fleet;
using GripProxy.Plugins.State;
using GripProxy.Plugins.State.Sqlite;
using GripProxy.Plugins.Tests.Fixture;
using GripProxy.Testing;

namespace GripProxy.Plugins.Tests.Fleet;

/// <summary>What installs and tenants that are gone have left is deleted in its time (plugins.md §10).</summary>
public sealed class LeftoversTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TenantRecord Acme = new() { Number = 1, Name = "acme" };
    private static readonly InstallRecord Install = new() { Tenant = 1, Number = 1, Name = "p", Package = "x" };

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly Channel<string> _forgotten = Channel.CreateUnbounded<string>();
    private readonly HeardLog<Leftovers> _log = new();
    private SqliteStateStore _store = null!; // by InitializeAsync
    private Leftovers _leftovers = null!; // by InitializeAsync
    private bool _fails;

    public async Task InitializeAsync()
    {
        Open();
        await _store.UpdateAsync(static state => state.With(Acme).With(Install));
    }

    public async Task DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task PLG13_Install_ThatIsGone_IsForgottenAfterADay_AlsoOverARestart()
    {
        await RemoveAsync();
        _time.Advance(TimeSpan.FromHours(20));
        await CloseAsync();
        Open();
        _time.Advance(TimeSpan.FromHours(3.9));
        Assert.NotNull(_store.Current.Find<LeftoverRecord>(LeftoverRecord.FieldOf(1, "p")));

        Assert.Equal("1 p", await PassAsync(TimeSpan.FromHours(0.1)));

        await _log.HearAsync("LeftoverDeleted");
        Assert.Null(_store.Current.Find<LeftoverRecord>(LeftoverRecord.FieldOf(1, "p")));
    }

    [Fact]
    public async Task PLG13_Install_ThatCameBack_KeepsWhatItHas()
    {
        await RemoveAsync();
        await _store.UpdateAsync(static state => state.With(Install with { Number = 2 }));
        await _store.UpdateAsync(static state => state.WithoutTenant(state.FindTenant("acme")!, DateTimeOffset.UnixEpoch.AddYears(50).AddDays(2)));

        Assert.Equal("1 ", await PassAsync(TimeSpan.FromDays(3)));
        await _log.HearAsync("LeftoverDeleted");
        Assert.False(_forgotten.Reader.TryPeek(out _));
        Assert.DoesNotContain(_store.Current.Records.Values, static record => record is LeftoverRecord);
    }

    [Fact]
    public async Task PLG13_What_CannotBeDeleted_IsDeletedLater()
    {
        _fails = true;
        await RemoveAsync();
        await PassAsync(TimeSpan.FromHours(24));
        await _log.HearAsync("LeftoverNotDeleted");

        _fails = false;

        Assert.Equal("1 p", await PassAsync(TimeSpan.FromMinutes(1)));
        await _log.HearAsync("LeftoverDeleted");
    }

    private async Task RemoveAsync() => await _store.UpdateAsync(state => state.WithoutInstall(state.FindInstall(1, 1)!, _time.GetUtcNow() + LeftoverRecord.Kept));

    // A timer may be set a moment after the time has passed: then it passes a little more.
    private async Task<string> PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        using var patience = new CancellationTokenSource(Patience);
        string? told;
        while (!_forgotten.Reader.TryRead(out told))
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        return told;
    }

    private void Open()
    {
        _store = new SqliteStateStore(_folder.File("state.db"), new SecretBox("a key"));
        _leftovers = new Leftovers(_store, Forget, _time, _log);
        _leftovers.Start();
    }

    private Task Forget(int tenant, string install)
    {
        _forgotten.Writer.TryWrite($"{tenant} {install}");
        return _fails ? Task.FromException(new IOException("the disk is full")) : Task.CompletedTask;
    }

    private async Task CloseAsync()
    {
        await _leftovers.DisposeAsync();
        await _store.DisposeAsync();
    }
}
