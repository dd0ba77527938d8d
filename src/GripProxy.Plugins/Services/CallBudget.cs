namespace GripProxy.Plugins.Services;

/// <summary>So many calls a second, as many at once. Thread-safe.</summary>
internal sealed class CallBudget(int perSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _left = perSecond;
    private long _filled = time.GetTimestamp();

    /// <summary>Takes one call.</summary>
    /// <returns>False if there is none left.</returns>
    public bool Take()
    {
        lock (_gate)
        {
            _left = Math.Min(perSecond, _left + (time.GetElapsedTime(_filled).TotalSeconds * perSecond));
            _filled = time.GetTimestamp();
            if (_left < 1)
                return false;
            _left--;
            return true;
        }
    }
}
