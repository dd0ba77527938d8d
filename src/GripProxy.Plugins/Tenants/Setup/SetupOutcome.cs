namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>What became of applying the set-up file. Immutable.</summary>
/// <param name="Problems">What is wrong with it; then nothing was changed.</param>
/// <param name="Differences">What was changed, or would be.</param>
internal sealed record SetupOutcome(IReadOnlyList<string> Problems, IReadOnlyList<SetupDifference> Differences);
