using System.Collections.Concurrent;
using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

/// <summary>Brings copies of installs into a running cell: compiled, loaded, installed once, set up (plugins.md §6.3, §6.5). Thread-safe. Owned by a keeper.</summary>
/// <param name="tenant">Name of the tenant.</param>
/// <param name="tenantNumber">Its number.</param>
/// <param name="parts">What cells are started with.</param>
/// <param name="host">Answers the installs.</param>
/// <param name="serves">Whether a copy of an install serves now.</param>
/// <param name="logger">The log.</param>
internal sealed partial class InstallLoader(string tenant, int tenantNumber, CellParts parts, ICellHost host, Func<InstallStatus, bool> serves, ILogger logger)
{
    /// <summary>Attempts of a set-up.</summary>
    public const int SetupAttempts = 10;

    // What the last one-time step of an install was for: the state says so too, and a little later.
    private readonly ConcurrentDictionary<int, string> _steps = new();
    private int _copies;

    /// <summary>Loads a copy; nothing of it is called.</summary>
    /// <param name="running">The cell.</param>
    /// <param name="status">The install.</param>
    /// <param name="install">The install as it is to be loaded.</param>
    /// <param name="wish">What was wanted when it was begun.</param>
    /// <returns>The copy, or null: it cannot be loaded, which the status says.</returns>
    /// <exception cref="WorkerEndedException">The cell ended meanwhile.</exception>
    public async Task<LiveCopy?> LoadAsync(RunningCell running, InstallStatus status, Install install, Task wish)
    {
        var compiled = await parts.Compiler.CompileAsync(install.Package);
        if (compiled.Code is not { } code)
        {
            Fail(status, wish, InstallState.Incompatible, new PluginError("CompileError", compiled.Problem!.ToString(), "")); // One of the two is there.
            return null;
        }

        var copy = new PluginCopy
        {
            Number = parts.Shared?.NextCopy() ?? Interlocked.Increment(ref _copies),
            Install = install.Number,
            Address = parts.Shared?.AddressOf(host, install.Number) ?? install.Number,
            Name = install.Name,
            Code = code,
            Config = JsonSerializer.SerializeToUtf8Bytes(install.Config, PluginJson.Default.JsonObject),
            Attachments = install.Attachments,
            Place = new PluginPlace(tenant, tenantNumber, parts.Node),
            Ignores = install.EventsToIgnore,
            SkipsOwn = install.SkipOwnCaptures,
        };
        var loaded = await running.Cell.LoadAsync(copy);
        if (loaded.Capabilities is { } capabilities)
            return new LiveCopy(running.Cell, status, install, copy.Number, capabilities);
        Fail(status, wish, InstallState.Failed, loaded.Error!); // One of the two is there.
        return null;
    }

    /// <summary>Does the one-time step if it is due, and sets the copy up.</summary>
    /// <param name="running">The cell.</param>
    /// <param name="live">The copy.</param>
    /// <param name="attempt">Which try this is, from 1.</param>
    /// <returns>Null if it is ready; else what it threw and whether there is no sense in another try.</returns>
    /// <exception cref="WorkerEndedException">The cell ended meanwhile.</exception>
    public async Task<SetupFailure?> SetUpAsync(RunningCell running, LiveCopy live, int attempt)
    {
        var before = live.Status.Requests;
        var error = await InstallOnceAsync(running, live);
        if (error is null && live.Capabilities.Has("setupPlugin"))
            error = (await running.Cell.CallAsync(live.Copy, "setupPlugin")).Error;
        if (error is null)
            return null;
        var isWrongConfig = attempt == 1 && error.Name == "Error" && live.Status.Requests == before && parts.Supervision.SetupFailFast;
        return new SetupFailure(error, isWrongConfig || attempt == SetupAttempts);
    }

    /// <summary>Notes that an install does not run, and says so, unless something else is wanted of it now. A version that serves goes on.</summary>
    public void Fail(InstallStatus status, Task wish, InstallState state, PluginError error)
    {
        if (!status.TryFail(wish, state, error, serves(status)))
            return;
        if (status.State == InstallState.FailedUpdate)
            Log.UpdateFailed(logger, tenant, status.Install.Name, status.Install.Package.Version, error.Message);
        else
            Log.Failed(logger, tenant, status.Install.Name, error.Message);
    }

    /// <summary>Says that a copy serves.</summary>
    public void Announce(LiveCopy live) => Log.Enabled(logger, tenant, live.Install.Name, live.Install.Package.Version);

    /// <summary>Notes that a set-up will be tried again, and says so, unless something else is wanted of it now.</summary>
    public void FailOnce(InstallStatus status, Task wish, PluginError error, int attempt, DateTimeOffset next)
    {
        if (status.TryFailOnce(wish, error, serves(status), attempt, next))
            Log.SetupFailed(logger, tenant, status.Install.Name, attempt, SetupAttempts, error.Message);
    }

    private async Task<PluginError?> InstallOnceAsync(RunningCell running, LiveCopy live)
    {
        var install = live.Install;
        if (install.InstalledPackage == install.Package.Files.Hash || _steps.GetValueOrDefault(install.Number) == install.Package.Files.Hash)
            return null;
        var isFirst = install.InstalledPackage is null;
        var step = isFirst ? "installPlugin" : "upgradePlugin";
        if (!live.Capabilities.Has(step))
        {
            await EndStepAsync(install);
            return null;
        }

        try
        {
            if (!await parts.StepBegun(install))
                return null;
        }
        catch (StateUnavailableException e)
        {
            return new PluginError("StateUnavailable", $"{step} has to be done once among all nodes: {e.Message}", "");
        }

        PluginError? error = new("Error", "the cell ended", "");
        try
        {
            error = (isFirst ? await running.Cell.CallAsync(live.Copy, step) : await running.Cell.CallAsync(live.Copy, step, Versions(install))).Error;
        }
        finally
        {
            await (error is null ? EndStepAsync(install) : parts.StepGivenUp(install));
        }

        return error;
    }

    private Task EndStepAsync(Install install)
    {
        _steps[install.Number] = install.Package.Files.Hash;
        return parts.Installed(install);
    }

    private static ReadOnlyMemory<byte> Versions(Install install) => JsonSerializer.SerializeToUtf8Bytes(
        new System.Text.Json.Nodes.JsonObject { ["from"] = install.InstalledVersion, ["to"] = install.Package.Version }, PluginJson.Default.JsonObject);

    private static partial class Log
    {
        [LoggerMessage(7103, LogLevel.Information, "plugin {Install} {Version} of {Tenant} runs", EventName = "PluginEnabled")]
        public static partial void Enabled(ILogger logger, string tenant, string install, string version);

        [LoggerMessage(7104, LogLevel.Error, "plugin {Install} of {Tenant} does not run: {Reason}", EventName = "PluginFailed")]
        public static partial void Failed(ILogger logger, string tenant, string install, string reason);

        [LoggerMessage(7114, LogLevel.Error, "plugin {Install} of {Tenant}: version {Version} did not come up, the one before runs on: {Reason}", EventName = "PluginUpdateFailed")]
        public static partial void UpdateFailed(ILogger logger, string tenant, string install, string version, string reason);

        [LoggerMessage(7105, LogLevel.Warning, "plugin {Install} of {Tenant}: set-up failed ({Attempt}/{Attempts}): {Reason}", EventName = "PluginSetupFailed")]
        public static partial void SetupFailed(ILogger logger, string tenant, string install, int attempt, int attempts, string reason);
    }
}
