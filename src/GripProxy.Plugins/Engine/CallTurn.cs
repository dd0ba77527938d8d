using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Engine;

/// <summary>How a call came about. Immutable.</summary>
/// <param name="Depth">How deep what it captures stands: how many events stand before its own that each captured the next.</param>
/// <param name="Attempt">Which attempt it is, from 1; 0: nobody counts.</param>
/// <param name="Attempts">Attempts in all.</param>
/// <param name="Limit">Time that the call may take, zero: any; null: what every call may.</param>
/// <param name="First">True: somebody waits for the answer, so the call goes before what the cell has not been given yet.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CallTurn(int Depth, int Attempt = 0, int Attempts = 0, TimeSpan? Limit = null, bool First = false);
