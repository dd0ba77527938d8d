using System.Runtime.InteropServices;

namespace GripProxy.Proxy.Listeners.Admission;

/// <summary>
/// What may still happen of something that may happen so often in a second: a second's worth may come at once, and comes back evenly. Guarded by whoever has it.
/// </summary>
/// <param name="rate">How often in a second, which is there at the beginning.</param>
/// <param name="now">The time.</param>
[StructLayout(LayoutKind.Auto)]
internal struct Allowance(int rate, long now)
{
    private double _left = rate;

    /// <summary>When it was asked last.</summary>
    public long Since { get; private set; } = now;

    /// <summary>Takes one; false: there is none left.</summary>
    public bool TrySpend(int perSecond, long at, TimeProvider time)
    {
        _left = Math.Min(perSecond, _left + (perSecond * time.GetElapsedTime(Since, at).TotalSeconds));
        Since = at;
        if (_left < 1)
            return false;
        _left--;
        return true;
    }
}
