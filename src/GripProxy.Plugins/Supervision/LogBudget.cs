using GripProxy.Plugins.Engine;

namespace GripProxy.Plugins.Supervision;

/// <summary>How many lines may still be written: a bucket that fills with time. Thread-safe.</summary>
internal sealed class LogBudget(WorkerLimits limits, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _left = limits.LogBurst;
    private long _filled = time.GetTimestamp();

    /// <summary>Takes one line's worth.</summary>
    /// <returns>False if there is none.</returns>
    public bool Take()
    {
        lock (_gate)
        {
            _left = Math.Min(limits.LogBurst, _left + (time.GetElapsedTime(_filled).TotalSeconds * limits.LogLinesPerSecond));
            _filled = time.GetTimestamp();
            if (_left < 1)
                return false;
            _left--;
            return true;
        }
    }
}
