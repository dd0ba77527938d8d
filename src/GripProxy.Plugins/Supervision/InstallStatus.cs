using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Supervision;

/// <summary>What has become of an install; outlives cells. Thread-safe.</summary>
internal sealed class InstallStatus(Install install, SupervisionOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Queue<long> _strikes = new();
    private int _requests;

    /// <summary>The install.</summary>
    public Install Install => install;

    /// <summary>Where it is in its life.</summary>
    public InstallState State { get; private set; } = install.Enabled ? InstallState.Starting : InstallState.Disabled;

    /// <summary>What went wrong last, or null.</summary>
    public PluginError? Error { get; private set; }

    /// <summary>True if it may be loaded.</summary>
    public bool MayRun => State is InstallState.Starting or InstallState.Enabled;

    /// <summary>Requests that it made so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Counts a request.</summary>
    public void CountRequest() => Interlocked.Increment(ref _requests);

    /// <summary>Goes to a state.</summary>
    public void Become(InstallState state, PluginError? error = null)
    {
        lock (_gate)
        {
            State = state;
            Error = error;
        }
    }

    /// <summary>Counts a fault that cost others something.</summary>
    /// <returns>True if it was one too many: the install is switched off.</returns>
    public bool Strike(PluginError error)
    {
        lock (_gate)
        {
            Error = error;
            _strikes.Enqueue(time.GetTimestamp());
            while (time.GetElapsedTime(_strikes.Peek()) > options.StrikeWindow)
                _strikes.Dequeue();
            if (_strikes.Count < options.Strikes || State == InstallState.Tripped)
                return false;
            State = InstallState.Tripped;
            // One more strike after the trial is enough.
            _strikes.Dequeue();
            return true;
        }
    }
}
