namespace GripProxy.Plugins.Supervision;

/// <summary>Where an install is in its life (plugins.md §6.1).</summary>
internal enum InstallState
{
    /// <summary>It is not to run.</summary>
    Disabled,

    /// <summary>It is being loaded or set up, or waits for the next try.</summary>
    Starting,

    /// <summary>It runs.</summary>
    Enabled,

    /// <summary>Its set-up failed as often as it is tried.</summary>
    Failed,

    /// <summary>A new version or configuration did not come up; the one before runs on.</summary>
    FailedUpdate,

    /// <summary>It ended the process or took too long too often; it is tried again after a while.</summary>
    Tripped,

    /// <summary>It cannot be compiled, or asks for a module that plugins are not given.</summary>
    Incompatible,

    /// <summary>An operator has not approved of its package yet.</summary>
    AwaitingApproval,
}
