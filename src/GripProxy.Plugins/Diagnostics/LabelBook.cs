using System.Collections.Concurrent;

namespace GripProxy.Plugins.Diagnostics;

/// <summary>Bounds the labels of metrics: beyond so many tenants or installs, the label is <c>other</c> (plugins.md §11.2). Thread-safe.</summary>
internal sealed class LabelBook
{
    private const int MostTenants = 200;
    private const int MostInstalls = 500;
    private const string Other = "other";

    private readonly ConcurrentDictionary<string, string> _tenants = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Tenant, string Install), string> _installs = new();

    /// <summary>The label of a tenant.</summary>
    public string Tenant(string tenant) => _tenants.GetOrAdd(tenant, static (name, count) => count < MostTenants ? name : Other, _tenants.Count);

    /// <summary>The label of an install.</summary>
    public string Install(string tenant, string install) =>
        _installs.GetOrAdd((tenant, install), static (key, count) => count < MostInstalls ? key.Install : Other, _installs.Count);
}
