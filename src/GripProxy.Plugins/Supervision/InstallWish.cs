using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Supervision;

/// <summary>What an install that is to be as it says begins with (plugins.md §6). Stateless.</summary>
internal static class InstallWish
{
    /// <summary>The state.</summary>
    public static InstallState State(Install install) => install switch
    {
        { Enabled: false } => InstallState.Disabled,
        { Problem: not null } => InstallState.Failed,
        { AwaitsApproval: true } => InstallState.AwaitingApproval,
        _ => InstallState.Starting,
    };

    /// <summary>The version to try first, because the one that is wanted did not come up before; null: there is none.</summary>
    public static LastGoodVersion? LastGood(Install install) => State(install) == InstallState.Starting ? install.LastGood : null;

    /// <summary>What is known against it, or null.</summary>
    public static PluginError? Problem(Install install) => install is { Enabled: true, Problem: { } problem } ? new PluginError("PackageError", problem, "") : null;
}
