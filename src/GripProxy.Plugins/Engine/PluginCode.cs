namespace GripProxy.Plugins.Engine;

/// <summary>A compiled package, as a cell takes it. Immutable.</summary>
/// <param name="Json">The member <c>code</c> of a load frame: main file and modules.</param>
/// <param name="Imports">Modules beside its own files that it uses.</param>
internal sealed record PluginCode(ReadOnlyMemory<byte> Json, IReadOnlyList<string> Imports);
