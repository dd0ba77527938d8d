namespace GripProxy.Plugins;

/// <summary>
/// A moment that others wait for, and that comes again and again. Changed under the lock of whoever has it; what waits goes on elsewhere.
/// </summary>
internal sealed class Milestone
{
    private TaskCompletionSource _next = Create();

    /// <summary>Completes when it comes; stays so until it is to come again.</summary>
    public Task Task => _next.Task;

    /// <summary>It has come, and stays so.</summary>
    public void Reach() => _next.TrySetResult();

    /// <summary>If it has come, it is to come again.</summary>
    public void Renew()
    {
        if (_next.Task.IsCompleted)
            _next = Create();
    }

    /// <summary>It has come for those who wait, and is to come again for everybody else.</summary>
    public void Pass()
    {
        var passed = _next;
        _next = Create();
        passed.TrySetResult();
    }

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
