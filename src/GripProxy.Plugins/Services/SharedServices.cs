using System.Collections.Concurrent;
using GripProxy.Channels.Publishing;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Geo;
using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Services;

/// <summary>What the services of all tenants share, and what makes those of one. Owned by the plugin host.</summary>
internal sealed class SharedServices : IDisposable
{
    private readonly Dictionary<int, TenantCache> _caches = [];
    private readonly ConcurrentDictionary<int, TenantStorage> _storages = new();
    private readonly PluginsOptions _options;
    private readonly PublishPipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly CacheFile _cacheFile;
    private readonly GeoLocations _locations;

    /// <summary>Opens the stores.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">One cannot be opened.</exception>
    public SharedServices(PluginsOptions options, PublishPipeline pipeline, EgressClient egress, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _pipeline = pipeline;
        _time = time;
        Egress = egress;
        Storage = new StorageDatabase(Path.Combine(options.Data, "storage.db"));
        _locations = new GeoLocations(new GeoDatabase(options.GeoDatabase, time, loggers.CreateLogger<GeoDatabase>()));
        _cacheFile = new CacheFile(Path.Combine(options.Data, "cache.db"));
    }

    /// <summary>What all plugins keep.</summary>
    public StorageDatabase Storage { get; }

    /// <summary>The way to the outside.</summary>
    public EgressClient Egress { get; }

    /// <summary>The services of a tenant; asked for once for each.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="others">What else its plugins may ask for.</param>
    public HostServices For(Tenant tenant, params IReadOnlyList<IReadOnlyDictionary<string, HostOperation>> others)
    {
        var cache = new TenantCache(_time);
        _caches[tenant.Number] = cache;
        cache.Fill(_cacheFile.Take(tenant.Number));
        return new HostServices([
            new GripPublishing(tenant.ChannelPrefix, _options.PublishRate, items => _pipeline.Publish(items, PublisherDoor.Plugin), _time).Operations,
            StorageOf(tenant.Number).Operations,
            new CacheOperations(cache).Operations,
            new PluginFetch(Egress, _time).Operations,
            _locations.Operations,
            .. others,
        ]);
    }

    /// <summary>The storage of a tenant, the same that its plugins have.</summary>
    public TenantStorage StorageOf(int tenant) => _storages.GetOrAdd(tenant, number => new TenantStorage(number, Storage));

    /// <summary>The cache of a tenant, or null: nothing of the tenant runs here.</summary>
    public TenantCache? CacheOf(int tenant) => _caches.GetValueOrDefault(tenant);

    /// <summary>Keeps what the caches hold for the next start, and closes the stores. When all cells have ended.</summary>
    /// <exception cref="Microsoft.Data.Sqlite.SqliteException">The caches cannot be kept.</exception>
    public void Dispose()
    {
        Storage.Dispose();
        foreach (var (tenant, cache) in _caches)
            _cacheFile.Keep(tenant, cache.Entries());
        _caches.Clear();
    }
}
