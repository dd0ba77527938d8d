namespace GripProxy.Control.Health;

/// <summary>Whether this process wants traffic (CTL-02). Thread-safe: one word of bits, set by the host and read by the health endpoint.</summary>
public sealed class Readiness
{
    private static readonly string[] Words = ["starting", "draining", "backplane"];

    // It is made before anything listens.
    private int _reasons = Bit(ReadinessReason.Starting);

    /// <summary>Not ready from now on, for this reason.</summary>
    public void Set(ReadinessReason reason) => Interlocked.Or(ref _reasons, Bit(reason));

    /// <summary>The reason no longer holds.</summary>
    public void Clear(ReadinessReason reason) => Interlocked.And(ref _reasons, ~Bit(reason));

    /// <summary>The words of the reasons that hold now, less those to ignore. Empty: ready.</summary>
    public IReadOnlyList<string> Reasons(IReadOnlyCollection<string> ignored)
    {
        var reasons = Volatile.Read(ref _reasons);
        var words = new List<string>();
        for (var i = 0; i < Words.Length; i++)
        {
            if ((reasons & (1 << i)) != 0 && !ignored.Contains(Words[i]))
                words.Add(Words[i]);
        }

        return words;
    }

    private static int Bit(ReadinessReason reason) => 1 << (int)reason;
}
