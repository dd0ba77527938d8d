namespace GripProxy.Channels.Delivery;

/// <summary>
/// Something whose memory can be asked for before it is used. Of ten thousand holds nearly none is in a cache of the processor when its turn to write
/// comes, and what it needs is spread over several objects, each of which would be waited for. Those that are asked together are waited for together.
/// </summary>
public interface IPrefetched
{
    /// <summary>As many steps lead to all of it.</summary>
    const int Steps = 2;

    /// <summary>
    /// Asks for what the next use needs and is known at this step; by default there is nothing to ask for. Changes nothing, takes no lock, never throws.
    /// </summary>
    /// <param name="depth">0: what it knows itself. Then what stands in that, which has come meanwhile. Less than <see cref="Steps"/>.</param>
    void Prefetch(int depth)
    {
    }
}
