namespace GripProxy.Plugins.Redis.Leases;

/// <summary>
/// That this node, and no other, does something for now (plugins.md §12.4). It is held for as long as its renewals are answered; who holds it asks before each step.
/// Thread-safe. Owned by whoever took it.
/// </summary>
/// <param name="name">What it is for.</param>
/// <param name="token">Tells it from every other lease of this name, or empty.</param>
/// <param name="epoch">Grows with each holder: what carries a lower one comes too late.</param>
/// <param name="patience">How long it is held without being renewed.</param>
/// <param name="time">The clock; one that also goes on while the process is stopped.</param>
/// <param name="release">Gives it back. Does not fail.</param>
internal sealed class Lease(string name, string token, long epoch, TimeSpan patience, TimeProvider time, Func<Lease, Task> release) : IAsyncDisposable
{
    private long _renewed = time.GetTimestamp();
    private int _ended;

    /// <summary>What it is for.</summary>
    public string Name => name;

    /// <summary>Tells it from every other lease of this name, or empty.</summary>
    public string Token => token;

    /// <summary>Grows with each holder.</summary>
    public long Epoch => epoch;

    /// <summary>True: no other node does it. Once false it stays so.</summary>
    public bool IsHeld
    {
        get
        {
            if (Volatile.Read(ref _ended) == 0 && Age < patience)
                return true;
            // Whoever hears it lets go of what it was for, so a renewal that is answered only then must not bring it back.
            Lose();
            return false;
        }
    }

    /// <summary>Time since it was taken or renewed last.</summary>
    public TimeSpan Age => time.GetElapsedTime(Volatile.Read(ref _renewed));

    /// <summary>It was renewed; its time runs from when that was asked for.</summary>
    public void Renewed(long timestamp) => Volatile.Write(ref _renewed, timestamp);

    /// <summary>It is not held any more, and was not given back.</summary>
    public void Lose() => Interlocked.Exchange(ref _ended, 1);

    /// <summary>Gives it back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
            await release(this);
    }
}
