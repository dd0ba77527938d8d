using System.Runtime.InteropServices;

namespace GripProxy.GameDay.Clients;

/// <summary>What an event says of itself. Immutable.</summary>
/// <param name="Step">Its step, from 1.</param>
/// <param name="Number">Its number in the step.</param>
/// <param name="OfName">Its number among those of its name.</param>
/// <param name="User">Its user.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EventMark(int Step, int Number, int OfName, int User);
