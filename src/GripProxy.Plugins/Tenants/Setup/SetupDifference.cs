namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>What applying a set-up file changes of one thing (plugins-http.md §5). Immutable.</summary>
/// <param name="Action"><c>create</c>, <c>change</c> or <c>remove</c>.</param>
/// <param name="Object">What, such as <c>plugin acme/greeter</c>.</param>
/// <param name="Members">The members that change.</param>
internal sealed record SetupDifference(string Action, string Object, IReadOnlyList<string> Members)
{
    /// <inheritdoc/>
    public override string ToString() => Members.Count == 0 ? $"{Action} {Object}" : $"{Action} {Object}: {string.Join(", ", Members)}";
}
