using System.Globalization;
using System.Runtime.InteropServices;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>Where an event stands in Redis, and under which lease it was read. Immutable.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Epoch">The epoch of the lease: what becomes of the event counts only as long as this one is held.</param>
/// <param name="Entry">Its number in the stream of the partition.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EventPlace(int Partition, long Epoch, string Entry)
{
    /// <summary>The place of an event that was read from here.</summary>
    public static EventPlace Of(QueuedEvent one)
    {
        var parts = (one.Place ?? throw new ArgumentException("The event was not read from this queue.", nameof(one))).Split(':');
        return new EventPlace(int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Partition}:{Epoch}:{Entry}");
}
