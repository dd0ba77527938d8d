namespace GripProxy.Plugins.Services.Cache;

/// <summary>The cache of a node that is alone. Each call is done before it returns.</summary>
internal sealed class LocalCache(TenantCache cache) : ITenantCache
{
    /// <inheritdoc/>
    public ValueTask SetAsync(string install, string key, string? text, TimeSpan? lifetime)
    {
        cache.Set(install, key, text, lifetime);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<CachedText?> GetAsync(string install, string key) =>
        ValueTask.FromResult(cache.TryGet(install, key, out var text) ? new CachedText(text) : null);

    /// <inheritdoc/>
    public ValueTask<long> IncrementAsync(string install, string key) => ValueTask.FromResult(cache.Increment(install, key));

    /// <inheritdoc/>
    public ValueTask<bool> ExpireAsync(string install, string key, TimeSpan lifetime) => ValueTask.FromResult(cache.Expire(install, key, lifetime));

    /// <inheritdoc/>
    public ValueTask<long> PushAsync(string install, string key, IReadOnlyList<string> texts) => ValueTask.FromResult((long)cache.Push(install, key, texts));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> PopAsync(string install, string key, int count) => ValueTask.FromResult(cache.Pop(install, key, count));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> RangeAsync(string install, string key, int start, int end) => ValueTask.FromResult(cache.Range(install, key, start, end));

    /// <inheritdoc/>
    public ValueTask<long> LengthAsync(string install, string key) => ValueTask.FromResult((long)cache.Length(install, key));

    /// <inheritdoc/>
    public ValueTask<long> RemoveElementsAsync(string install, string key, int count, string text) =>
        ValueTask.FromResult((long)cache.RemoveElements(install, key, count, text));

    /// <inheritdoc/>
    public ValueTask ClearAsync(string? install)
    {
        cache.Clear(install);
        return ValueTask.CompletedTask;
    }
}
