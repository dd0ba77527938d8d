using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Engine;

/// <summary>What a process takes. Immutable.</summary>
/// <param name="ResidentBytes">Memory.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Processor">Time of processors since its start.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessUse(long ResidentBytes, int Threads, TimeSpan Processor);
