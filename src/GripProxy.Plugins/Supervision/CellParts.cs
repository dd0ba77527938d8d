using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Logs;
using GripProxy.Plugins.Metrics;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Supervision;

/// <summary>What every tenant's keeper works with. Immutable; the parts are shared.</summary>
internal sealed record CellParts
{
    /// <summary>How processes are started.</summary>
    public required WorkerLaunch Launch { get; init; }

    /// <summary>What they may use up.</summary>
    public required WorkerLimits Limits { get; init; }

    /// <summary>When they start and stop.</summary>
    public required SupervisionOptions Supervision { get; init; }

    /// <summary>Looks after them.</summary>
    public required CellWatchdog Watchdog { get; init; }

    /// <summary>Compiles packages.</summary>
    public required PackageCompiler Compiler { get; init; }

    /// <summary>Begins the one-time step of an install's package; false: another node has done it meanwhile (plugins.md §6.3).</summary>
    public Func<Install, Task<bool>> StepBegun { get; init; } = static _ => Task.FromResult(true);

    /// <summary>Notes that it failed.</summary>
    public Func<Install, Task> StepGivenUp { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Notes that the one-time step of an install's package has been done (plugins.md §6.3).</summary>
    public Func<Install, Task> Installed { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Told the tenant's name and the install with each change of an install's state; returns at once.</summary>
    public Action<string, InstallStatus> StateChanged { get; init; } = static (_, _) => { };

    /// <summary>The logs of the installs, or null: they are not kept.</summary>
    public LogBook? Logs { get; init; }

    /// <summary>Where calls are counted, or null: nowhere.</summary>
    public PluginInstruments? Instruments { get; init; }

    /// <summary>Where what the tenant's plugins do is counted for the tenant, or null: nowhere.</summary>
    public PluginUse? Use { get; init; }

    /// <summary>Name of this node, which plugins may ask for.</summary>
    public string Node { get; init; } = "";

    /// <summary>Stands behind the tenant's name in what is said of its processes; empty: they are its usual ones.</summary>
    public string Role { get; init; } = "";

    /// <summary>The process of all tenants, or null: each has its own.</summary>
    public SharedCell? Shared { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
