using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Direct;

/// <summary>What a call that somebody waits for came to. Immutable.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Value">What the function gave as JSON; empty unless <see cref="DirectOutcome.Done"/>.</param>
/// <param name="Error">What it threw, or null.</param>
internal sealed record DirectAnswer(DirectOutcome Outcome, ReadOnlyMemory<byte> Value = default, PluginError? Error = null);
