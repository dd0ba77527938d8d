namespace GripProxy.Plugins.Workbench;

/// <summary>A plugin as one file, or why there is none. Immutable.</summary>
/// <param name="Archive">The bytes of a zip.</param>
/// <param name="Problem">What is wrong.</param>
public sealed record WorkbenchArchive(ReadOnlyMemory<byte>? Archive, string? Problem);
