using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Queue;

/// <summary>What waits to be exported. Immutable.</summary>
/// <param name="Bytes">Bytes of JSON.</param>
/// <param name="Oldest">When the oldest of it was stored, or null if there is none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PostBuffer(long Bytes, DateTimeOffset? Oldest);
