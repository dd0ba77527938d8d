namespace GripProxy.Plugins.Supervision;

/// <summary>How long to wait before a cell that ended is started again: 0.1 s, doubling to 30 s, from the beginning after a minute of health (plugins.md §5.4).
/// Owned by a keeper.</summary>
internal sealed class RestartDelay(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Health = TimeSpan.FromSeconds(60);

    private TimeSpan _next = TimeSpan.Zero;
    private long _started;

    /// <summary>The wait before the start that comes now; each call counts as a start.</summary>
    public TimeSpan Next()
    {
        if (_next > TimeSpan.Zero && time.GetElapsedTime(_started) > Health + _next)
            _next = TimeSpan.Zero;
        var delay = _next;
        _next = delay == TimeSpan.Zero ? First : delay * 2 < Longest ? delay * 2 : Longest;
        _started = time.GetTimestamp();
        return delay;
    }

    /// <summary>A cell was stopped on purpose: the next start is a first one.</summary>
    public void Reset() => _next = TimeSpan.Zero;
}
