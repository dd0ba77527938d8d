using System.Globalization;
using System.Runtime.InteropServices;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>Where an event stands in Redis. Immutable.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Entry">Its number in the stream of the partition.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EventPlace(int Partition, string Entry)
{
    /// <summary>The place of an event that was read from here.</summary>
    public static EventPlace Of(QueuedEvent one)
    {
        var text = one.Place ?? throw new ArgumentException("The event was not read from this queue.", nameof(one));
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new EventPlace(int.Parse(text.AsSpan(0, colon), CultureInfo.InvariantCulture), text[(colon + 1)..]);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Partition}:{Entry}");
}
