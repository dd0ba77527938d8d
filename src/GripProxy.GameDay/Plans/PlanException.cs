namespace GripProxy.GameDay.Plans;

/// <summary>A plan, or rules, that cannot be carried out.</summary>
/// <param name="problems">All that is wrong, each with its place.</param>
internal sealed class PlanException(IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    /// <summary>All that is wrong.</summary>
    public IReadOnlyList<string> Problems => problems;
}
