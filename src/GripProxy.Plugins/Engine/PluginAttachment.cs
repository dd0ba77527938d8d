namespace GripProxy.Plugins.Engine;

/// <summary>A file that belongs to a plugin's configuration. Immutable.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="FileName">Its name.</param>
/// <param name="Contents">Its bytes.</param>
internal sealed record PluginAttachment(string ContentType, string FileName, ReadOnlyMemory<byte> Contents);
