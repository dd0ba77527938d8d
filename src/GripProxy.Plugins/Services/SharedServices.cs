using System.Collections.Concurrent;
using GripProxy.Channels.Publishing;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Geo;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Routing;
using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.Targets;
using GripProxy.Plugins.Tenants;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Services;

/// <summary>What the services of all tenants share, and what makes those of one. Owned by the running plugins.</summary>
internal sealed class SharedServices : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, TenantCache> _caches = new();
    private readonly ConcurrentDictionary<int, ITenantStorage> _storages = new();
    private readonly PluginsOptions _options;
    private readonly PublishPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly StorageDatabase _storage;
    private readonly CacheFile _cacheFile;
    private readonly GeoLocations _locations;
    private readonly ChannelNumbers _numbers;
    private readonly GripTargets _targets;
    private readonly PluginInstruments _instruments;
    private readonly ProfileStore? _profiles;

    /// <summary>Opens the stores.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">One cannot be opened.</exception>
    public SharedServices(PluginsOptions options, PublishPipeline pipeline, EgressClient egress, PluginInstruments instruments, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _pipeline = pipeline;
        _time = time;
        _instruments = instruments;
        Egress = egress;
        _storage = new StorageDatabase(Path.Combine(options.Data, "storage.db"));
        _locations = new GeoLocations(new GeoDatabase(options.GeoDatabase, time, loggers.CreateLogger<GeoDatabase>()));
        _profiles = options.Profiles ? new ProfileStore(Path.Combine(options.Data, "profiles.db")) : null;
        _numbers = new ChannelNumbers(Path.Combine(options.Data, "channels.db"));
        _targets = new GripTargets(options.Targets, instruments, time, loggers.CreateLogger<GripTargets>());
        Metrics = new MetricsKeeper(Path.Combine(options.Data, "metrics.db"), time, loggers.CreateLogger<MetricsKeeper>());
        instruments.Custom = () => Metrics.OwnOfToday;
        _cacheFile = new CacheFile(Path.Combine(options.Data, "cache.db"));
    }

    /// <summary>What the plugins of a tenant keep on all nodes, by its number; null: this node is alone.</summary>
    public Func<int, ITenantStorage>? SharedStorage { get; init; }

    /// <summary>The number of a channel's next item on all nodes; null: this node is alone.</summary>
    public Func<string, ValueTask<long>>? SharedNumber { get; init; }

    /// <summary>Numbers about all plugins.</summary>
    public MetricsKeeper Metrics { get; }

    /// <summary>The way to the outside.</summary>
    public EgressClient Egress { get; }

    /// <summary>What they remember for a while on all nodes; null: this node is alone.</summary>
    public Func<int, ITenantCache>? SharedCache { get; init; }

    /// <summary>Subscribers of a channel, its prefix included.</summary>
    public Func<string, int> CountSubscribers { get; init; } = static _ => 0;

    /// <summary>The services of a tenant; asked for whenever what works for it is made, by one caller at a time.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="others">What else its plugins may ask for.</param>
    public HostServices For(Tenant tenant, params IReadOnlyList<IReadOnlyDictionary<string, HostOperation>> others)
    {
        var use = Metrics.For(tenant);
        return new HostServices([
            new GripPublishing(tenant, _options.PublishRate, items => Publish(tenant, items), _time) { Published = use.Published }.Operations,
            new StorageOperations(StorageOf(tenant.Number)).Operations,
            new CacheOperations(OpenCache(tenant.Number)).Operations,
            FetchOf(tenant.Name).Operations,
            use.Metrics.Operations,
            ProfilesOf(tenant).Operations,
            new TenantFacts(tenant, CountSubscribers).Operations,
            _locations.Operations,
            .. others,
        ]);
    }

    /// <summary>The storage of a tenant, the same that its plugins have.</summary>
    public ITenantStorage StorageOf(int tenant) => _storages.GetOrAdd(tenant, number => SharedStorage?.Invoke(number) ?? new TenantStorage(number, _storage));

    /// <summary>The cache of a tenant, or null: nothing of the tenant runs here.</summary>
    public ITenantCache? CacheOf(int tenant) => SharedCache?.Invoke(tenant) ?? (_caches.TryGetValue(tenant, out var cache) ? new LocalCache(cache) : null);

    /// <summary>Publishes for a tenant: here, and to the other proxies.</summary>
    public void Publish(Tenant tenant, IReadOnlyList<Item> items)
    {
        _instruments.Published(tenant.Name, items.Count);
        _pipeline.Publish(items, PublisherDoor.Plugin);
        _targets.Publish(items);
    }

    /// <summary>Counts members of a tenant's events that were left out for their names.</summary>
    public void NamesDropped(Tenant tenant, int count) => _instruments.NamesDropped(tenant.Name, count);

    /// <summary>What is known of the users of a tenant.</summary>
    public TenantProfiles ProfilesOf(Tenant tenant) => ProfilesOf(tenant.Number);

    /// <summary>What is known of the users of a tenant, by its number.</summary>
    public TenantProfiles ProfilesOf(int tenant) => new(tenant, _profiles);

    /// <summary>The number of a channel's next item.</summary>
    /// <exception cref="State.StateUnavailableException">It cannot be told now.</exception>
    public ValueTask<long> NextNumberAsync(string channel) => SharedNumber?.Invoke(channel) ?? ValueTask.FromResult(_numbers.Next(channel));

    /// <summary>A way of a tenant's plugins to the outside.</summary>
    public PluginFetch FetchOf(string tenant) => new(tenant, Egress, _instruments, _time);

    private ITenantCache OpenCache(int tenant)
    {
        if (SharedCache is not null)
            return SharedCache(tenant);
        lock (_cacheFile)
        {
            if (!_caches.TryGetValue(tenant, out var cache))
            {
                _caches[tenant] = cache = new TenantCache(_time);
                cache.Fill(_cacheFile.Take(tenant));
            }

            return new LocalCache(cache);
        }
    }

    /// <summary>Forgets what an install has left in cache and storage, and its metrics; null: all that a tenant has left, and what is known of its users.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">It cannot be deleted.</exception>
    /// <exception cref="State.StateUnavailableException">It cannot be deleted now.</exception>
    public async Task ForgetAsync(int tenant, string? install)
    {
        await OpenCache(tenant).ClearAsync(install);
        await StorageOf(tenant).ClearAsync(install);
        Metrics.Forget(tenant, install);
        if (install is not null)
            return;
        _caches.TryRemove(tenant, out _);
        _profiles?.Clear(tenant);
    }

    /// <summary>Keeps what the caches hold for the next start, and closes the stores. When all cells have ended.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The caches cannot be kept.</exception>
    public async ValueTask DisposeAsync()
    {
        await _targets.DisposeAsync();
        _numbers.Dispose();
        _profiles?.Dispose();
        Metrics.Dispose();
        _storage.Dispose();
        foreach (var (tenant, cache) in _caches)
            _cacheFile.Keep(tenant, cache.Entries());
        _caches.Clear();
    }
}
