namespace GripProxy.Plugins.Engine;

/// <summary>
/// Whether a cell computes on and on without answering anything. Such a one is to run in the background, so that it takes nothing from the proxy and from other
/// tenants; when it has been calm for a while it may come back (plugins.md §1, hard rule 2). Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="inBackground">True if it begins there.</param>
internal sealed class ComputingGuard(TimeProvider time, bool inBackground)
{
    /// <summary>What may be needed to load or set up a plugin: large modules, large files of its own.</summary>
    public static readonly TimeSpan ForStart = TimeSpan.FromSeconds(1);

    // Plugins answer within microseconds. Less than this is not noticed by others even if it happens again and again after starts.
    private static readonly TimeSpan Always = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan OneEvent = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);

    // Parsed, looked through and written again; slower than any plugin that only does that.
    private const int BytesInAMillisecond = 16 * 1024;

    // What it does while nobody asked for anything is looked at second by second.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private bool _inBackground = inBackground;
    private bool _stays;
    private long _answers;
    private TimeSpan _used;
    private long _since = time.GetTimestamp();
    private long _hasty = time.GetTimestamp();

    /// <summary>True while it is to run in the background.</summary>
    public bool IsInBackground => Volatile.Read(ref _inBackground);

    /// <summary>What the events of a batch may need.</summary>
    public static TimeSpan ForEvents(int count) => OneEvent * count;

    /// <summary>What a call of a plugin's function may need.</summary>
    public static TimeSpan ForCall(string method, IReadOnlyList<ReadOnlyMemory<byte>> arguments) => method is "setupPlugin" or "installPlugin" or "upgradePlugin"
        ? ForStart
        : TimeSpan.FromMilliseconds(arguments.Sum(static argument => argument.Length) / BytesInAMillisecond);

    /// <summary>Looks at what it has taken.</summary>
    /// <param name="used">Time of processors since its start.</param>
    /// <param name="answers">How often it has answered since its start.</param>
    /// <param name="allowance">What the calls may need that it has not answered; null: there are none.</param>
    /// <returns>True: into the background with it; false: out of it; null: it stays where it is.</returns>
    public bool? Look(TimeSpan used, long answers, TimeSpan? allowance)
    {
        lock (_gate)
        {
            if (answers != _answers || (allowance is null && time.GetElapsedTime(_since) >= Idle))
                Restart(used, answers);
            else if (used - _used > Always + (allowance ?? TimeSpan.Zero))
                return Hurry();
            if (!_inBackground || _stays || time.GetElapsedTime(_hasty) < Calm)
                return null;
            _inBackground = false;
            return false;
        }
    }

    /// <summary>It cannot come out of the background.</summary>
    public void Stay()
    {
        lock (_gate)
            _inBackground = _stays = true;
    }

    private void Restart(TimeSpan used, long answers)
    {
        // Slow as ever, only that one of its answers came before this look.
        if (used - _used > Always * Math.Max(1, answers - _answers))
            _hasty = time.GetTimestamp();
        _used = used;
        _answers = answers;
        _since = time.GetTimestamp();
    }

    private bool? Hurry()
    {
        _hasty = time.GetTimestamp();
        if (_inBackground)
            return null;
        _inBackground = true;
        return true;
    }
}
