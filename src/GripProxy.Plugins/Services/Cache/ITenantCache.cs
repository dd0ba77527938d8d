using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Services.Cache;

/// <summary>
/// <c>cache</c> of a tenant's plugins (plugins-api.md §3.2, plugins.md §10): texts and lists by install and key, which may go when there is no room. Behaves as
/// Redis does. Thread-safe. The calls of one caller are done in the order in which they begin. Each throws <see cref="CacheException"/> for what cannot be
/// done with a value, and <see cref="StateUnavailableException"/> while nothing can be done.
/// </summary>
internal interface ITenantCache
{
    /// <summary>Stores a text, which may be null, for a while or until there is no room. A lifetime of zero and less removes what is there.</summary>
    ValueTask SetAsync(string install, string key, string? text, TimeSpan? lifetime);

    /// <summary>A text, or null: there is none.</summary>
    ValueTask<CachedText?> GetAsync(string install, string key);

    /// <summary>Adds one to a number, from 0; the new number.</summary>
    ValueTask<long> IncrementAsync(string install, string key);

    /// <summary>Gives a value a time; zero and less remove it. False: there is none.</summary>
    ValueTask<bool> ExpireAsync(string install, string key, TimeSpan lifetime);

    /// <summary>Puts texts in front of a list, one after the other; the new length.</summary>
    ValueTask<long> PushAsync(string install, string key, IReadOnlyList<string> texts);

    /// <summary>Takes texts from the front of a list.</summary>
    ValueTask<IReadOnlyList<string>> PopAsync(string install, string key, int count);

    /// <summary>Part of a list, both ends included; negative places count from its end.</summary>
    ValueTask<IReadOnlyList<string>> RangeAsync(string install, string key, int start, int end);

    /// <summary>Length of a list, 0 where there is none.</summary>
    ValueTask<long> LengthAsync(string install, string key);

    /// <summary>Removes elements that are equal to a text: so many from the front, from the end if negative, all if 0; how many there were.</summary>
    ValueTask<long> RemoveElementsAsync(string install, string key, int count, string text);

    /// <summary>Removes all that is an install's; null: the tenant's.</summary>
    ValueTask ClearAsync(string? install);
}
