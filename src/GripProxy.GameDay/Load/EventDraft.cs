using System.Runtime.InteropServices;

namespace GripProxy.GameDay.Load;

/// <summary>An event without what makes it one of a game day: its id, and the mark in its properties. Immutable.</summary>
/// <param name="Name">Which name of its source it has.</param>
/// <param name="User">Which user it is of.</param>
/// <param name="Head">Its JSON from the first member until its properties are opened.</param>
/// <param name="Tail">The JSON after the first member of its properties.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct EventDraft(int Name, int User, byte[] Head, byte[] Tail);
