namespace GripProxy.Proxy.Listeners.Sockets;

/// <summary>That something has ended, as a task that is made only when somebody waits for it. A mutable value; guarded by the lock of its connection.</summary>
internal struct EndLatch
{
    private TaskCompletionSource? _waiter;
    private bool _isSet;

    /// <summary>Completes when it has ended.</summary>
    public Task Wait()
    {
        if (_isSet)
            return Task.CompletedTask;
        _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiter.Task;
    }

    /// <summary>It has ended.</summary>
    public void Set()
    {
        _isSet = true;
        _waiter?.SetResult();
    }
}
