namespace GripProxy.Plugins.Tenants;

/// <summary>All tenants, found by key. Immutable.</summary>
internal sealed class TenantDirectory
{
    private readonly Dictionary<string, KeyOwner> _byKey = new(StringComparer.Ordinal);

    /// <summary>Takes the tenants.</summary>
    public TenantDirectory(IReadOnlyList<Tenant> tenants)
    {
        Tenants = tenants;
        foreach (var tenant in tenants)
        {
            foreach (var hash in tenant.KeyHashes)
                _byKey.TryAdd(hash, new KeyOwner(tenant, IsEnabled: true));
            foreach (var hash in tenant.DisabledKeyHashes)
                _byKey.TryAdd(hash, new KeyOwner(tenant, IsEnabled: false));
        }
    }

    /// <summary>The tenants.</summary>
    public IReadOnlyList<Tenant> Tenants { get; }

    /// <summary>Whose an ingest key is, or null.</summary>
    public KeyOwner? ByKey(string key) => _byKey.GetValueOrDefault(KeyHash.Of(key));
}
