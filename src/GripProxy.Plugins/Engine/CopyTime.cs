using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Engine;

/// <summary>How long one copy took for one event. Immutable.</summary>
/// <param name="Copy">Number of the copy.</param>
/// <param name="Microseconds">Wall-clock time.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CopyTime(int Copy, long Microseconds);
