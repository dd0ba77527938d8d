namespace GripProxy.Plugins.Supervision;

/// <summary>How many plugins share a process (plugins.md §5.1).</summary>
public enum CellIsolation
{
    /// <summary>Those of one tenant.</summary>
    Tenant,

    /// <summary>None: each has its own.</summary>
    Plugin,

    /// <summary>Those of all tenants, which must trust each other.</summary>
    Shared,
}
