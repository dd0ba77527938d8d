namespace GripProxy.Plugins.Engine;

/// <summary>
/// How much time of processors a cell may take, on average over a minute; what it took too much it waits for (plugins.md §5.4). Thread-safe.
/// </summary>
/// <param name="percent">Percent of one processor.</param>
/// <param name="time">The clock.</param>
internal sealed class ProcessorShare(int percent, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly double _share = percent / 100.0;
    private TimeSpan _left = Window * (percent / 100.0);
    private TimeSpan _used;
    private long _filled = time.GetTimestamp();

    /// <summary>How long its next work is to wait; zero: not at all.</summary>
    public TimeSpan Pause
    {
        get
        {
            lock (_gate)
            {
                Fill();
                return _left < TimeSpan.Zero ? -_left / _share : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Takes note of what it has taken since its start.</summary>
    public void Note(TimeSpan used)
    {
        lock (_gate)
        {
            Fill();
            _left -= used - _used;
            _used = used;
        }
    }

    private void Fill()
    {
        var filled = _left + (time.GetElapsedTime(_filled) * _share);
        _left = filled < Window * _share ? filled : Window * _share;
        _filled = time.GetTimestamp();
    }
}
