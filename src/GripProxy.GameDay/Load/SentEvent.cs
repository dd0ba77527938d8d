using System.Runtime.InteropServices;

namespace GripProxy.GameDay.Load;

/// <summary>An event that was sent. Immutable.</summary>
/// <param name="Name">Which name it has.</param>
/// <param name="Number">Its number in the step.</param>
/// <param name="OfName">Its number among those of its name.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SentEvent(int Name, int Number, int OfName);
