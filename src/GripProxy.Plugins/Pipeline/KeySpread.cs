namespace GripProxy.Plugins.Pipeline;

/// <summary>
/// Which of the cells that share a tenant's events does those of a distinct id (plugins.md §5.6): the same for each of them, spread evenly, and when one cell more or less
/// shares them only its own part moves. It has nothing to do with how ids are spread over partitions: else a node that has every second of these would use one cell of two.
/// </summary>
internal static class KeySpread
{
    /// <summary>The replica of a key.</summary>
    /// <param name="key">The distinct id.</param>
    /// <param name="replicas">How many there are.</param>
    /// <returns>From 0.</returns>
    public static int ReplicaOf(string key, int replicas)
    {
        if (replicas == 1)
            return 0;
        // Each number of cells has its own toss for a key: the newest cell takes it with 1/n, else it stays where it would be without that cell.
        var hash = HashOf(key);
        var replica = 0;
        for (var count = 2; count <= replicas; count++)
        {
            if (Mix(hash + ((ulong)count * 0x9E3779B97F4A7C15)) % (ulong)count == 0)
                replica = count - 1;
        }

        return replica;
    }

    private static ulong HashOf(string key)
    {
        var hash = 14695981039346656037;
        foreach (var letter in key)
            hash = (hash ^ letter) * 1099511628211;
        return hash;
    }

    // Every bit of the sum has its say in the lowest ones.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
