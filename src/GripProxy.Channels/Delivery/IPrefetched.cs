namespace GripProxy.Channels.Delivery;

/// <summary>
/// Something whose memory can be asked for before it is used. Of ten thousand holds nearly none is in a cache of the processor when its turn to write
/// comes, and what it needs is spread over several objects, each of which would be waited for. Those that are asked together are waited for together.
/// </summary>
public interface IPrefetched
{
    /// <summary>So many depths have something to ask for.</summary>
    const int Depths = 2;

    /// <summary>
    /// Asks for what the next use needs, without waiting for it; by default there is nothing to ask for. Changes nothing, takes no lock, never throws.
    /// </summary>
    /// <param name="depth">0: the objects it knows. 1: those that they know, who were asked for at 0. Less than <see cref="Depths"/>.</param>
    void Prefetch(int depth)
    {
    }
}
