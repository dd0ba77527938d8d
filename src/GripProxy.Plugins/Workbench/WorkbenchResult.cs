using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Workbench;

/// <summary>What came of some work on a plugin. Immutable.</summary>
/// <param name="Json">What was found, or null: it could not even be begun.</param>
/// <param name="Problems">What is wrong, each for people; none: all is well.</param>
public sealed record WorkbenchResult(JsonObject? Json, IReadOnlyList<string> Problems)
{
    /// <summary>Nothing was found because of one thing.</summary>
    public static WorkbenchResult Failed(string problem) => new(null, [problem]);
}
