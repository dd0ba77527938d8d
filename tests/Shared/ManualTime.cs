namespace GripProxy.Testing;

/// <summary>A clock that stands still until a test moves it; its timers fire on the moving thread.</summary>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(TimeSpan DueTime, TaskCompletionSource Done)> _watchers = [];
    private DateTimeOffset _now = start;

    public ManualTime()
        : this(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Completes when the next timer with this due time is set: then the clock may be moved.</summary>
    public async Task TimerSetAsync(TimeSpan dueTime)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_timers.Exists(timer => timer.Due == _now + dueTime))
                return;
            _watchers.Add((dueTime, done));
        }

        await done.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Moves the clock in steps of at most 10 ms, firing what falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        var end = _now + by;
        while (_now < end)
        {
            var step = TimeSpan.FromMilliseconds(10);
            _now = _now + step < end ? _now + step : end;
            ManualTimer[] due;
            lock (_gate)
                due = [.. _timers.Where(t => t.Due <= _now)];
            foreach (var timer in due)
                timer.Fire();
        }
    }

    /// <summary>Moves the clock back, as an operator or a time server does. Nothing falls due by that.</summary>
    public void SetBack(TimeSpan by) => _now -= by;

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                _period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : time._now + dueTime;
                time._timers.Remove(this);
                time._timers.Add(this);
                foreach (var (_, done) in time._watchers.FindAll(watcher => watcher.DueTime == dueTime))
                    done.SetResult();
                time._watchers.RemoveAll(watcher => watcher.DueTime == dueTime);
            }

            return true;
        }

        public void Fire()
        {
            Due = _period > TimeSpan.Zero ? Due + _period : DateTimeOffset.MaxValue;
            callback(state);
        }

        public void Dispose()
        {
            lock (time._gate)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
