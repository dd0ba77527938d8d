namespace GripProxy.Plugins.Supervision;

/// <summary>Faults of an install that cost others something, as far as they are not too long ago. Guarded by the lock of the install's status.</summary>
/// <param name="most">How many are too many.</param>
/// <param name="window">How long one counts.</param>
/// <param name="time">The clock.</param>
internal sealed class Strikes(int most, TimeSpan window, TimeProvider time)
{
    private readonly Queue<long> _times = new();

    /// <summary>Counts one.</summary>
    /// <returns>True if there are too many now.</returns>
    public bool Add()
    {
        _times.Enqueue(time.GetTimestamp());
        while (time.GetElapsedTime(_times.Peek()) > window)
            _times.Dequeue();
        return _times.Count >= most;
    }

    /// <summary>Forgets the oldest: after a trial, one more is enough.</summary>
    public void Forgive() => _times.Dequeue();

    /// <summary>Forgets all.</summary>
    public void Clear() => _times.Clear();
}
