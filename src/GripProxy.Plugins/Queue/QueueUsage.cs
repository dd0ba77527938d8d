using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Queue;

/// <summary>How much waits. Immutable.</summary>
/// <param name="Events">Events of one tenant.</param>
/// <param name="MaxEvents">As many may wait.</param>
/// <param name="Bytes">Bytes of all tenants.</param>
/// <param name="MaxBytes">As many may wait.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct QueueUsage(long Events, long MaxEvents, long Bytes, long MaxBytes)
{
    /// <summary>Percent of the nearer limit.</summary>
    public int Percent => (int)Math.Max(Events * 100 / MaxEvents, Bytes * 100 / MaxBytes);
}
