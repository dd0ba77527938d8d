using System.Collections;
using GripProxy.Forwarding.HandOver;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Proxy.Listeners.HandOver;

/// <summary>
/// The features of a layer: those it is itself, what HTTP adds, and for the rest those of the connection it is bound to. Owned by its layer.
/// </summary>
internal sealed class LayerFeatures(HttpLayer layer, IFeatureCollection? server) : IFeatureCollection
{
    // Almost always none.
    private Dictionary<Type, object>? _added;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public int Revision { get; private set; }

    /// <inheritdoc/>
    public object? this[Type key]
    {
        get
        {
            if (_added is not null && _added.TryGetValue(key, out var added))
                return added;
            if (IsOwn(key))
                return layer;
            // What is public belongs to one connection; the rest HTTP and its server have among themselves.
            return layer.Connection?.Features[key] ?? (key.IsPublic ? null : server?[key]);
        }
        set
        {
            Revision++;
            _added ??= [];
            if (value is null)
                _added.Remove(key);
            else
                _added[key] = value;
        }
    }

    /// <inheritdoc/>
    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    /// <inheritdoc/>
    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => (_added ?? []).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsOwn(Type key) => key == typeof(IConnectionHandOver)
        || key == typeof(IConnectionTransportFeature)
        || key == typeof(IConnectionHeartbeatFeature)
        || key == typeof(IConnectionLifetimeNotificationFeature);
}
