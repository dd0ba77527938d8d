namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>What a set-up file says (plugins-http.md §5). Immutable.</summary>
internal sealed record SetupFile
{
    /// <summary>The tenants; incomplete where there are problems.</summary>
    public required IReadOnlyList<SetupTenant> Tenants { get; init; }

    /// <summary>False: what vanished from the file stays.</summary>
    public bool Prune { get; init; } = true;

    /// <summary>What is wrong, each with its place.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}
