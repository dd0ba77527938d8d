namespace GripProxy.Plugins;

/// <summary>Tasks that go on by themselves and never fail, so that their owner knows how many there are and can wait for them at its end. Thread-safe.</summary>
/// <param name="ended">Called after each one's end.</param>
internal sealed class RunningTasks(Action? ended = null)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _tasks = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _tasks.Count;
        }
    }

    /// <summary>Remembers a task until it has ended.</summary>
    public void Add(Task task)
    {
        lock (_gate)
            _tasks.Add(task);
        _ = ForgetAsync(task);
    }

    /// <summary>Completes when all that are there now have ended.</summary>
    public Task WhenEnded()
    {
        lock (_gate)
            return Task.WhenAll(_tasks);
    }

    private async Task ForgetAsync(Task task)
    {
        await task;
        lock (_gate)
            _tasks.Remove(task);
        ended?.Invoke();
    }
}
