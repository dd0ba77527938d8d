namespace GripProxy.Plugins.Services;

/// <summary>So many calls a second, and a little more at once. Thread-safe.</summary>
/// <param name="perSecond">Calls a second.</param>
/// <param name="time">The clock.</param>
/// <param name="burstSeconds">Seconds whose calls may come at once.</param>
internal sealed class CallBudget(int perSecond, TimeProvider time, int burstSeconds = 1)
{
    private readonly Lock _gate = new();
    private readonly double _most = (double)perSecond * burstSeconds;
    private double _left = (double)perSecond * burstSeconds;
    private long _filled = time.GetTimestamp();

    /// <summary>Takes calls, all or none. Who wants more at once than there can be gets them from a full budget, and then all wait the longer.</summary>
    /// <returns>False if there are not so many left.</returns>
    public bool Take(int count = 1)
    {
        lock (_gate)
        {
            Fill();
            if (_left < Needed(count))
                return false;
            _left -= count;
            return true;
        }
    }

    /// <summary>Seconds until so many can be taken, if nobody else takes any.</summary>
    public int SecondsUntil(int count)
    {
        lock (_gate)
        {
            Fill();
            return (int)Math.Max(1, Math.Ceiling((Needed(count) - _left) / perSecond));
        }
    }

    private double Needed(int count) => Math.Min(count, _most);

    private void Fill()
    {
        _left = Math.Min(_most, _left + (time.GetElapsedTime(_filled).TotalSeconds * perSecond));
        _filled = time.GetTimestamp();
    }
}
