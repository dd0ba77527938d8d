namespace GripProxy.Plugins.Tenants;

/// <summary>All tenants, found by key. Immutable.</summary>
internal sealed class TenantDirectory
{
    private readonly Dictionary<string, Tenant> _byKey = new(StringComparer.Ordinal);

    /// <summary>Takes the tenants.</summary>
    public TenantDirectory(IReadOnlyList<Tenant> tenants)
    {
        Tenants = tenants;
        foreach (var tenant in tenants)
        {
            foreach (var hash in tenant.KeyHashes)
                _byKey.TryAdd(hash, tenant);
        }
    }

    /// <summary>The tenants.</summary>
    public IReadOnlyList<Tenant> Tenants { get; }

    /// <summary>The tenant that an ingest key belongs to, or null.</summary>
    public Tenant? ByKey(string key) => _byKey.GetValueOrDefault(KeyHash.Of(key));
}
