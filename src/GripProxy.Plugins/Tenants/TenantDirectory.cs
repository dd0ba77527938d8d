namespace GripProxy.Plugins.Tenants;

/// <summary>All tenants, found by key or name. Thread-safe: what is looked up is replaced as a whole.</summary>
internal sealed class TenantDirectory
{
    private volatile Dictionary<string, KeyOwner> _byKey = [];
    private volatile IReadOnlyList<Tenant> _tenants = [];

    /// <summary>Takes the tenants.</summary>
    public TenantDirectory(IReadOnlyList<Tenant> tenants) => Use(tenants);

    /// <summary>Takes other tenants from now on.</summary>
    public void Use(IReadOnlyList<Tenant> tenants)
    {
        Dictionary<string, KeyOwner> byKey = new(StringComparer.Ordinal);
        foreach (var tenant in tenants)
        {
            foreach (var hash in tenant.KeyHashes)
                byKey.TryAdd(hash, new KeyOwner(tenant, IsEnabled: true));
            foreach (var hash in tenant.DisabledKeyHashes)
                byKey.TryAdd(hash, new KeyOwner(tenant, IsEnabled: false));
        }

        _byKey = byKey;
        _tenants = tenants;
    }

    /// <summary>The tenants.</summary>
    public IReadOnlyList<Tenant> All => _tenants;

    /// <summary>A tenant by name, or null.</summary>
    public Tenant? ByName(string name) => _tenants.FirstOrDefault(tenant => tenant.Name == name);

    /// <summary>Whose an ingest key is, or null.</summary>
    public KeyOwner? ByKey(string key) => _byKey.GetValueOrDefault(KeyHash.Of(key));
}
