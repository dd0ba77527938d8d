using System.Text.Json;
using GripProxy.Plugins.Engine;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Supervision;

/// <summary>Brings installs into a running cell: compiled, loaded, set up (plugins.md §6.5). Thread-safe. Owned by a keeper.</summary>
internal sealed partial class InstallLoader(string tenant, CellParts parts, ILogger logger, CancellationToken stopping)
{
    private const int SetupAttempts = 10;

    private static readonly TimeSpan FirstSetupDelay = TimeSpan.FromSeconds(3);

    private int _copies;

    /// <summary>Loads an install into a cell and sets it up; if that fails it is tried again in the background.</summary>
    /// <exception cref="WorkerEndedException">The cell ended meanwhile.</exception>
    public async Task LoadAsync(RunningCell running, InstallStatus status)
    {
        var install = status.Install;
        var compiled = await parts.Compiler.CompileAsync(install.Package);
        if (compiled.Code is not { } code)
        {
            Fail(status, InstallState.Incompatible, new PluginError("CompileError", compiled.Problem!.ToString(), "")); // One of the two is there.
            return;
        }

        var copy = new PluginCopy
        {
            Number = Interlocked.Increment(ref _copies),
            Install = install.Number,
            Name = install.Name,
            Code = code,
            Config = JsonSerializer.SerializeToUtf8Bytes(install.Config, PluginJson.Default.JsonObject),
            Attachments = install.Attachments,
        };
        var loaded = await running.Cell.LoadAsync(copy);
        if (loaded.Capabilities is not { } capabilities)
        {
            Fail(status, InstallState.Failed, loaded.Error!); // One of the two is there.
            return;
        }

        var live = new LiveCopy(status, copy.Number, capabilities);
        if (!capabilities.Has("setupPlugin"))
            Enable(running, live);
        else if (!await SetUpAsync(running, live, attempt: 1))
            _ = SetUpLaterAsync(running, live);
    }

    /// <summary>Sets a copy up.</summary>
    /// <returns>False if it should be tried again.</returns>
    private async Task<bool> SetUpAsync(RunningCell running, LiveCopy live, int attempt)
    {
        var status = live.Status;
        var before = status.Requests;
        var result = await running.Cell.CallAsync(live.Copy, "setupPlugin");
        if (result.Error is not { } error)
        {
            Enable(running, live);
            return true;
        }

        var wrongConfig = attempt == 1 && error.Name == "Error" && status.Requests == before && parts.Supervision.SetupFailFast;
        if (wrongConfig || attempt == SetupAttempts)
        {
            Fail(status, InstallState.Failed, error);
            running.Cell.Unload(live.Copy);
            return true;
        }

        status.Become(InstallState.Starting, error);
        Log.SetupFailed(logger, tenant, status.Install.Name, attempt, SetupAttempts, error.Message);
        return false;
    }

    private async Task SetUpLaterAsync(RunningCell running, LiveCopy live)
    {
        try
        {
            var delay = FirstSetupDelay;
            for (var attempt = 2; ; attempt++, delay *= 2)
            {
                await Task.Delay(delay, parts.Time, stopping);
                if (await SetUpAsync(running, live, attempt))
                    return;
            }
        }
        catch (WorkerEndedException)
        {
            // The cell has ended; with the next one the install is loaded anew.
        }
        catch (OperationCanceledException)
        {
            // The keeper stops.
        }
    }

    private void Enable(RunningCell running, LiveCopy live)
    {
        live.Status.Become(InstallState.Enabled);
        running.Add(live);
        Log.Enabled(logger, tenant, live.Status.Install.Name, live.Status.Install.Package.Version);
    }

    /// <summary>Notes that an install does not run, and says so.</summary>
    public void Fail(InstallStatus status, InstallState state, PluginError error)
    {
        status.Become(state, error);
        Log.Failed(logger, tenant, status.Install.Name, error.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(7103, LogLevel.Information, "plugin {Install} {Version} of {Tenant} runs", EventName = "PluginEnabled")]
        public static partial void Enabled(ILogger logger, string tenant, string install, string version);

        [LoggerMessage(7104, LogLevel.Error, "plugin {Install} of {Tenant} does not run: {Reason}", EventName = "PluginFailed")]
        public static partial void Failed(ILogger logger, string tenant, string install, string reason);

        [LoggerMessage(7105, LogLevel.Warning, "plugin {Install} of {Tenant}: set-up failed ({Attempt}/{Attempts}): {Reason}", EventName = "PluginSetupFailed")]
        public static partial void SetupFailed(ILogger logger, string tenant, string install, int attempt, int attempts, string reason);
    }
}
