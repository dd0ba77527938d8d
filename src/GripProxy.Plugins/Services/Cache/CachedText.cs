namespace GripProxy.Plugins.Services.Cache;

/// <summary>What is cached under a key. Immutable.</summary>
/// <param name="Text">The text, which may be null.</param>
internal sealed record CachedText(string? Text);
