using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Supervision;

/// <summary>What an install's own log says when its state changes (plugins.md §11.1). Stateless.</summary>
internal static class StateNote
{
    /// <summary>Level and text.</summary>
    public static (string Level, string Text) Of(InstallStatus status) => status.State switch
    {
        InstallState.Starting when status.Error is { } error => ("warn", $"set-up failed (attempt {status.Attempt}{Next(status)}): {error.Message}"),
        InstallState.Starting => ("info", $"version {Version(status.Install)} starts"),
        InstallState.Enabled => ("info", $"version {Version(status.Serving ?? status.Install)} runs"),
        InstallState.Disabled => ("info", "disabled"),
        InstallState.AwaitingApproval => ("info", $"version {Version(status.Install)} waits for an operator's approval"),
        InstallState.FailedUpdate => ("error", $"version {Version(status.Install)} did not come up, the one before runs on: {status.Error?.Message}"),
        InstallState.Tripped => ("error", $"switched off after repeated faults{Next(status)}: {status.Error?.Message}"),
        _ => ("error", $"does not run: {status.Error?.Message}"),
    };

    private static string Version(Install install) => install.Package.Version;

    private static string Next(InstallStatus status) => status.NextAttempt is { } next ? $", next at {next.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}" : "";
}
