namespace GripProxy.Plugins.Engine;

/// <summary>What a called function gave. Immutable.</summary>
/// <param name="Value">Its result as JSON.</param>
/// <param name="Error">What it threw, or null.</param>
internal sealed record CallResult(ReadOnlyMemory<byte> Value, PluginError? Error);
