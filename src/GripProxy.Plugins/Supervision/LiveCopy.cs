using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Supervision;

/// <summary>A copy of an install that is loaded and set up in a running cell, and how many use it now. Thread-safe.</summary>
/// <param name="cell">The cell.</param>
/// <param name="status">The install's status.</param>
/// <param name="install">The install as it was loaded.</param>
/// <param name="copy">Number of the copy in its cell.</param>
/// <param name="capabilities">What it exports.</param>
internal sealed class LiveCopy(Cell cell, InstallStatus status, Install install, int copy, PluginCapabilities capabilities)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _unused;
    private int _users;

    /// <summary>The cell it is loaded in.</summary>
    public Cell Cell => cell;

    /// <summary>The install's status.</summary>
    public InstallStatus Status => status;

    /// <summary>The install as it was loaded.</summary>
    public Install Install => install;

    /// <summary>Number of the copy in its cell.</summary>
    public int Copy => copy;

    /// <summary>What it exports.</summary>
    public PluginCapabilities Capabilities => capabilities;

    /// <summary>Begins to use it; <see cref="Leave"/> ends that.</summary>
    public void Enter()
    {
        lock (_gate)
            _users++;
    }

    /// <summary>Ends one use.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_users == 0)
                _unused?.TrySetResult();
        }
    }

    /// <summary>Completes when nobody uses it any more. Nobody begins to any more either: it has been taken out of its cell's list.</summary>
    public Task UnusedAsync()
    {
        lock (_gate)
        {
            _unused ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_users == 0)
                _unused.TrySetResult();
            return _unused.Task;
        }
    }
}
