namespace GripProxy.Plugins.State;

/// <summary>A file of an install's configuration; its contents are kept beside the document (<see cref="IPluginStateStore.ReadFileAsync"/>). Immutable.</summary>
/// <param name="Id">Names the contents.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="FileName">Name.</param>
/// <param name="Size">Bytes.</param>
internal sealed record AttachmentRecord(string Id, string ContentType, string FileName, int Size);
