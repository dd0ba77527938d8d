using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Supervision;

/// <summary>
/// What is wanted of an install and what has become of it; outlives cells and versions (plugins.md §6). Thread-safe: what is written is written under the lock.
/// </summary>
/// <param name="install">The install as it is wanted.</param>
/// <param name="options">When it is given up.</param>
/// <param name="time">The clock.</param>
/// <param name="changed">Told of each change of the state; returns at once.</param>
internal sealed class InstallStatus(Install install, SupervisionOptions options, TimeProvider time, Action<InstallStatus>? changed = null)
{
    private readonly Lock _gate = new();
    private readonly Strikes _strikes = new(options.Strikes, options.StrikeWindow, time);
    private readonly Milestone _settled = new();
    private readonly Milestone _wish = new();
    private long _started = time.GetTimestamp();
    private bool _updateFailed = InstallWish.LastGood(install) is not null;
    private bool _isRestored = InstallWish.LastGood(install) is not null;
    private int _requests;

    /// <summary>The install as it is wanted.</summary>
    public Install Install { get; private set; } = install;

    /// <summary>The install whose version and configuration served last, or null.</summary>
    public Install? Serving { get; private set; } = InstallWish.LastGood(install)?.Install;

    /// <summary>What it exports, as far as it was ever loaded.</summary>
    public PluginCapabilities? Capabilities { get; private set; }

    /// <summary>Where it is in its life.</summary>
    public InstallState State { get; private set; } = InstallWish.State(install);

    /// <summary>The word for that in the API.</summary>
    public string StateName => JsonNamingPolicy.SnakeCaseLower.ConvertName(State.ToString());

    /// <summary>Since when.</summary>
    public DateTimeOffset Since { get; private set; } = time.GetUtcNow();

    /// <summary>What went wrong last, or null.</summary>
    public PluginError? Error { get; private set; } = InstallWish.Problem(install) ?? InstallWish.LastGood(install)?.Error;

    /// <summary>Attempts of its set-up that failed.</summary>
    public int Attempt { get; private set; }

    /// <summary>When the next one is, or null.</summary>
    public DateTimeOffset? NextAttempt { get; private set; }

    /// <summary>True if it may be loaded.</summary>
    public bool MayRun => State is InstallState.Starting or InstallState.Enabled or InstallState.FailedUpdate;

    /// <summary>Completes when something else is wanted than now. Who has it before looking at the state learns of every change of that.</summary>
    public Task Wish
    {
        get
        {
            // The state is written after it, under the same lock.
            lock (_gate)
                return _wish.Task;
        }
    }

    /// <summary>Completes when what is wanted serves, or failed to for the first time.</summary>
    public Task Settled => _settled.Task;

    /// <summary>True while something else may yet become of it without anybody's doing: it starts, or another version is about to take its place.</summary>
    public bool IsPending
    {
        get
        {
            lock (_gate)
                return State == InstallState.Starting || (MayRun && !_settled.Task.IsCompleted);
        }
    }

    /// <summary>Requests that it made so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>What is to be loaded into a cell that has no copy yet: after an update that failed, the version before it.</summary>
    public Install ToLoad => _updateFailed && Serving is { } before ? before : Install;

    /// <summary>How much longer events wait for it to start (plugins.md §6.2).</summary>
    public TimeSpan StartWait
    {
        get
        {
            if (State != InstallState.Starting || Install.PassOnStart || Settled.IsCompleted)
                return TimeSpan.Zero;
            var left = options.StartWait - time.GetElapsedTime(Volatile.Read(ref _started));
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Counts a request.</summary>
    public void CountRequest() => Interlocked.Increment(ref _requests);

    /// <summary>Takes what is wanted now: another version, configuration or place, or that it runs or does not.</summary>
    /// <returns>True if what is loaded is not what is wanted any more.</returns>
    public bool Want(Install next)
    {
        bool isAnother;
        lock (_gate)
        {
            isAnother = InstallWish.State(Install) != InstallWish.State(next) || !Install.IsSameCopyAs(next);
            Install = next;
        }

        if (isAnother)
            Begin();
        return isAnother;
    }

    /// <summary>It begins anew, whatever has become of it. A version that serves goes on until the new one is ready.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _strikes.Clear();
            _updateFailed = false;
            _isRestored = false;
            _wish.Pass();
            if (InstallWish.State(Install) is var wanted && !(wanted == InstallState.Starting && Serving is not null))
                Set(wanted, InstallWish.Problem(Install));
            else
                _settled.Renew();
        }

        changed?.Invoke(this);
    }

    /// <summary>It is loaded into a new cell.</summary>
    public void BeginInCell()
    {
        lock (_gate)
        {
            if (MayRun)
                Set(InstallState.Starting, _updateFailed ? Error : null, restart: true);
        }
    }

    /// <summary>After a while switched off, it is tried once more.</summary>
    /// <returns>False if it is not switched off any more.</returns>
    public bool TryBeginTrial()
    {
        lock (_gate)
        {
            if (State != InstallState.Tripped)
                return false;
            Set(InstallState.Starting, error: null);
        }

        changed?.Invoke(this);
        return true;
    }

    /// <summary>A copy of it is ready.</summary>
    /// <param name="wish">What was wanted when it was begun.</param>
    /// <param name="served">The install as it was loaded.</param>
    /// <param name="capabilities">What it exports.</param>
    /// <param name="isLast">False: other cells that share its events do not have this copy yet, so it is still on its way.</param>
    /// <returns>False if something else is wanted now.</returns>
    public bool TryServe(Task wish, Install served, PluginCapabilities capabilities, bool isLast = true)
    {
        bool isNews;
        lock (_gate)
        {
            if (wish.IsCompleted || !MayRun)
                return false;
            Serving = served;
            Capabilities = capabilities;
            if (!isLast)
                return true;
            // One more cell that has what the others have says nothing new.
            var before = State;
            isNews = !_settled.Task.IsCompleted;
            if (served.IsSameCopyAs(Install))
                Set(InstallState.Enabled, error: null);
            else
                Set(InstallState.FailedUpdate, Error);
            isNews |= State != before;
        }

        if (isNews)
            changed?.Invoke(this);
        return true;
    }

    /// <summary>After the start the version that served before was tried; now the one that is wanted is, whether that one serves or not.</summary>
    /// <returns>False if there is nothing of the kind to do.</returns>
    public bool TurnToWanted()
    {
        lock (_gate)
        {
            if (!_isRestored || State is not (InstallState.FailedUpdate or InstallState.Failed or InstallState.Incompatible))
                return false;
            _isRestored = false;
            if (!MayRun)
            {
                _updateFailed = false;
                Set(InstallState.Starting, Error);
            }

            return true;
        }
    }

    /// <summary>An attempt failed; another one follows.</summary>
    /// <param name="wish">What was wanted when it was begun.</param>
    /// <param name="error">What was thrown.</param>
    /// <param name="keeps">True if a copy from before serves on.</param>
    /// <param name="attempt">Which attempt, from 1.</param>
    /// <param name="next">When the next one is.</param>
    /// <returns>False if something else is wanted now: then it says nothing.</returns>
    public bool TryFailOnce(Task wish, PluginError error, bool keeps, int attempt, DateTimeOffset next)
    {
        lock (_gate)
        {
            if (wish.IsCompleted || !MayRun)
                return false;
            _updateFailed = keeps;
            Set(keeps ? InstallState.FailedUpdate : InstallState.Starting, error, attempt, next);
            _settled.Reach();
        }

        changed?.Invoke(this);
        return true;
    }

    /// <summary>It does not come up.</summary>
    /// <param name="wish">What was wanted when it was begun.</param>
    /// <param name="state">What it is then, unless a copy from before serves on.</param>
    /// <param name="error">Why.</param>
    /// <param name="keeps">True if one does.</param>
    /// <returns>False if something else is wanted now: then it says nothing.</returns>
    public bool TryFail(Task wish, InstallState state, PluginError error, bool keeps)
    {
        lock (_gate)
        {
            if (wish.IsCompleted || !MayRun)
                return false;
            _updateFailed = keeps;
            Set(keeps ? InstallState.FailedUpdate : state, error);
        }

        changed?.Invoke(this);
        return true;
    }

    /// <summary>Counts a fault that cost others something.</summary>
    /// <returns>True if it was one too many: the install is switched off.</returns>
    public bool Strike(PluginError error)
    {
        lock (_gate)
        {
            Error = error;
            if (!_strikes.Add() || !MayRun)
                return false;
            _strikes.Forgive();
            _wish.Pass();
            Set(InstallState.Tripped, error, next: time.GetUtcNow() + options.Trip);
        }

        changed?.Invoke(this);
        return true;
    }

    private void Set(InstallState state, PluginError? error, int attempt = 0, DateTimeOffset? next = null, bool restart = false)
    {
        Error = error;
        Attempt = attempt;
        NextAttempt = next;
        if (State != state || restart)
        {
            if (State != state)
                Since = time.GetUtcNow();
            State = state;
            if (state == InstallState.Starting)
            {
                Volatile.Write(ref _started, time.GetTimestamp());
                _settled.Renew();
            }
        }

        if (state != InstallState.Starting)
            _settled.Reach();
        if (!MayRun)
            Serving = null;
    }
}
