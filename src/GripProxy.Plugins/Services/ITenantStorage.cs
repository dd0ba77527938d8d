using GripProxy.Plugins.Engine;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Services;

/// <summary>What a tenant's plugins keep for good: JSON by install and key (plugins.md §10). Thread-safe. The calls of one caller are done in the order in which they begin.</summary>
internal interface ITenantStorage
{
    /// <summary>A value, or null.</summary>
    /// <exception cref="StateUnavailableException">It cannot be read now.</exception>
    Task<byte[]?> GetAsync(string install, string key);

    /// <summary>Keeps a value; null removes it.</summary>
    /// <returns>Null, or why not: a limit.</returns>
    /// <exception cref="StateUnavailableException">It cannot be kept now.</exception>
    Task<PluginError?> SetAsync(string install, string key, byte[]? value);

    /// <summary>Keeps a value where nothing is yet.</summary>
    /// <inheritdoc cref="SetAsync"/>
    Task<PluginError?> InitializeAsync(string install, string key, byte[] value);

    /// <summary>Adds to a number, from 0.</summary>
    /// <returns>The new number.</returns>
    /// <exception cref="StateUnavailableException">It cannot be kept now.</exception>
    Task<HostAnswer> IncrementAsync(string install, string key, double by);

    /// <summary>Keys of an install in the order of their bytes.</summary>
    /// <param name="install">The install.</param>
    /// <param name="beginning">What they begin with.</param>
    /// <param name="after">Only keys after this one.</param>
    /// <param name="limit">At most so many.</param>
    /// <exception cref="StateUnavailableException">They cannot be read now.</exception>
    Task<IReadOnlyList<StoredKey>> KeysAsync(string install, string beginning, string after, int limit);

    /// <summary>Removes all that is an install's; null: the tenant's.</summary>
    /// <exception cref="StateUnavailableException">It cannot be removed now.</exception>
    Task ClearAsync(string? install);
}
