using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using GripProxy.Protocol.Items;

namespace GripProxy.Plugins.Trials;

/// <summary>
/// What plugins find around them while they are tried: empty stores that go with the trial, and a record of everything else instead of the deed. Owned by
/// one trial.
/// </summary>
internal sealed class TrialHost : ICellHost, IDisposable
{
    // As in service: a loop shall be seen here too.
    private const int PublishesPerSecond = 1000;

    private readonly StorageDatabase _database = new(":memory:");
    private readonly Dictionary<int, Install> _installs;
    private readonly HostServices _services;
    private volatile TrialRecord _record = new();

    /// <summary>Knows the plugins.</summary>
    public TrialHost(Tenant tenant, IEnumerable<Install> installs, TimeProvider time)
    {
        _installs = installs.ToDictionary(install => install.Number);
        _services = new HostServices(
            new GripPublishing(tenant.ChannelPrefix, PublishesPerSecond, Publish, time).Operations,
            new TenantStorage(tenant.Number, _database).Operations,
            new CacheOperations(new TenantCache(time)).Operations);
    }

    /// <summary>From now on, everything is noted there.</summary>
    public void NoteIn(TrialRecord record) => _record = record;

    /// <inheritdoc/>
    public void Log(int install, string level, string text)
    {
        var of = _installs.GetValueOrDefault(install);
        _record.Log(of?.Name ?? "unknown", level, SecretMask.Hide(of, text));
    }

    /// <inheritdoc/>
    public ValueTask<HostAnswer> RequestAsync(int install, string operation, JsonElement arguments) => _installs.GetValueOrDefault(install) is { } asking
        ? _services.HandleAsync(asking, operation, arguments)
        : ValueTask.FromResult(HostAnswer.Failed("Error", "there is no such plugin"));

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private void Publish(IReadOnlyList<Item> items)
    {
        foreach (var item in items)
            _record.Publish(ItemJson.Of(item));
    }
}
