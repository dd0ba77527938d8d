namespace GripProxy.Plugins.Services;

/// <summary>A key of storage. Immutable.</summary>
/// <param name="Key">The key.</param>
/// <param name="Bytes">Size of its value.</param>
internal sealed record StoredKey(string Key, long Bytes);
