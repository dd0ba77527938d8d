using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Trials;

/// <summary>What came of a trial: results, or why there are none. Immutable.</summary>
internal sealed record TrialOutcome
{
    /// <summary>Name of the plugin that cannot be compiled or set up, or null.</summary>
    public string? Plugin { get; init; }

    /// <summary>Why it cannot be compiled, or null.</summary>
    public CompileProblem? Problem { get; init; }

    /// <summary>What its modules or its <c>setupPlugin</c> threw, or null.</summary>
    public PluginError? Error { get; init; }

    /// <summary>What plugins did before the first event.</summary>
    public TrialRecord Setup { get; init; } = new();

    /// <summary>One for each event, in order.</summary>
    public IReadOnlyList<TrialResult> Results { get; init; } = [];
}
