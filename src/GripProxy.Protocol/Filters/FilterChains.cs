using System.Collections.Concurrent;

namespace GripProxy.Protocol.Filters;

/// <summary>
/// Makes chains, and one for all subscriptions that name the same filters: there are few such lists and many subscriptions. Thread-safe.
/// </summary>
public sealed class FilterChains
{
    // The limit on a channel's filters (FLT-01). It also bounds how many chains are kept.
    private const int MaxNames = 5;

    private readonly ConcurrentDictionary<int, FilterChain> _chains = new();

    /// <summary>The chain of the named filters, or null if none of them is known.</summary>
    public FilterChain? Get(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return null;
        if (names.Count > MaxNames)
            return FilterChain.Of(names);
        var key = 0;
        foreach (var name in names)
        {
            // Digits other than zero, so that equal keys are equal lists.
            if (FilterNames.Find(name) is { } kind)
                key = (key << 3) + (int)kind + 1;
        }

        return key == 0 ? null : _chains.GetOrAdd(key, static (_, list) => FilterChain.Of(list)!, names); // A name is known: the key says so.
    }
}
