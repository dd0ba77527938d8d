namespace GripProxy.Plugins.Capture;

/// <summary>What is processed while something is captured. Thread-safe.</summary>
/// <param name="depth">How many events stand before it that each captured the next.</param>
internal sealed class EventParent(int depth)
{
    private int _captured;

    /// <summary>Depth of what it captures.</summary>
    public int NextDepth => depth + 1;

    /// <summary>Counts a captured event.</summary>
    /// <returns>How many there are now.</returns>
    public int Count() => Interlocked.Increment(ref _captured);
}
