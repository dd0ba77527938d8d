namespace GripProxy.Plugins.Services.Cache;

/// <summary>A call of the cache that cannot be done; its message is for the plugin.</summary>
internal sealed class CacheException(string message) : Exception(message)
{
    /// <summary>The key holds something else.</summary>
    public static CacheException WrongType(string key) => new($"'{key}' holds the wrong kind of value");

    /// <summary>Nothing so large is kept.</summary>
    public static CacheException TooLarge(string key) => new($"the value of '{key}' is larger than the cache");
}
