namespace GripProxy.Forwarding.Tests.Routing;

/// <summary>A clock whose only timer fires when the test says so, and tells when it was armed.</summary>
internal sealed class ManualTimeProvider : TimeProvider, ITimer
{
    private TaskCompletionSource<TimeSpan> _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action _fire = () => { };

    public int TimesArmed { get; private set; }

    /// <summary>Ends when the timer is armed, with its due time.</summary>
    public Task<TimeSpan> Armed => _armed.Task.WaitAsync(TimeSpan.FromSeconds(20), System);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _fire = () => callback(state);
        return this;
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        TimesArmed++;
        _armed.TrySetResult(dueTime);
        return true;
    }

    public void Fire()
    {
        _armed = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        _fire();
    }

    public void Dispose()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
