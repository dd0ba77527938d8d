using System.Collections;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>
/// The features of one connection: those it is itself, and a handful that the server adds. A list, because a table would be the largest
/// part of a silent connection. Owned by the connection; changed before requests begin.
/// </summary>
internal sealed class ConnectionFeatures(SocketConnection connection) : IFeatureCollection
{
    private Entry[] _added = [];
    private int _count;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public int Revision { get; private set; }

    /// <inheritdoc/>
    public object? this[Type key]
    {
        get
        {
            foreach (ref readonly var entry in _added.AsSpan(0, _count))
            {
                if (entry.Key == key)
                    return entry.Feature;
            }

            return IsOwn(key) ? connection : null;
        }
        set
        {
            Revision++;
            foreach (ref var entry in _added.AsSpan(0, _count))
            {
                if (entry.Key != key)
                    continue;
                entry = new Entry(key, value);
                return;
            }

            if (_count == _added.Length)
                Array.Resize(ref _added, Math.Max(4, _count * 2));
            _added[_count++] = new Entry(key, value);
        }
    }

    /// <inheritdoc/>
    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    /// <inheritdoc/>
    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        foreach (var entry in _added.Take(_count))
        {
            if (entry.Feature is not null)
                yield return KeyValuePair.Create(entry.Key, entry.Feature);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsOwn(Type key) => key == typeof(IConnectionTransportFeature)
        || key == typeof(IConnectionLifetimeFeature)
        || key == typeof(IMemoryPoolFeature)
        || key == typeof(IConnectionIdFeature)
        || key == typeof(IConnectionItemsFeature)
        || key == typeof(IConnectionEndPointFeature)
        || key == typeof(IConnectionSocketFeature);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Entry(Type Key, object? Feature);
}
