namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>Counts connections whose client is gone and whose origin is still to be told, so that their number is bounded (WOH-10). Thread-safe.</summary>
/// <param name="max">As many as there may be clients.</param>
internal sealed class Farewells(int max)
{
    private int _count;

    /// <summary>True if one more origin may be told; then <see cref="Leave"/> follows.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= max)
            return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>An origin was told, or cannot be.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
