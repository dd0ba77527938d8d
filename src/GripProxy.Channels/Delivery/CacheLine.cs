using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace GripProxy.Channels.Delivery;

/// <summary>What the processor brings near at a time. Stateless.</summary>
public static class CacheLine
{
    // On the processors of today.
    private const int Bytes = 64;

    /// <summary>Asks the processor for the beginning of an object, and does not wait for it. Does nothing but on x86 and x64.</summary>
    /// <typeparam name="T">Any class: as an object a lock would be suspected of being used as one.</typeparam>
    /// <param name="target">The object; it is not looked at.</param>
    /// <param name="lines">How many lines of it are asked for. What is beyond its end does no harm.</param>
    public static unsafe void Prefetch<T>(T target, int lines = 1)
        where T : class
    {
        if (!Sse.IsSupported)
            return;
        // Its address as a number: a reference would be checked for null where it points to, which waits for it. If the collector moves the object in
        // this moment, something else is brought near, which does no harm either.
        var start = (byte*)Unsafe.As<T, nint>(ref target);
        for (var line = 0; line < lines; line++)
            Sse.Prefetch0(start + (line * Bytes));
    }
}
