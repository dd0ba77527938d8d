using GripProxy.Channels.Connections;

namespace GripProxy.Control.Inspect.Connections;

/// <summary>Finds connections by what their origins told about them (CTL-04, CTL-05).</summary>
internal static class HeldConnectionMeta
{
    /// <summary>True if all pairs are among the connection's meta.</summary>
    public static bool HasMeta(this IHeldConnection connection, IReadOnlyDictionary<string, string> pairs)
    {
        var meta = connection.Meta;
        return pairs.All(pair => meta.TryGetValue(pair.Key, out var value) && value == pair.Value);
    }
}
