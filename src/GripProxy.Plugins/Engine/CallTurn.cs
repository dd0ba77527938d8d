using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Engine;

/// <summary>How a call came about. Immutable.</summary>
/// <param name="Depth">How deep what it captures stands: how many events stand before its own that each captured the next.</param>
/// <param name="Attempt">Which attempt it is, from 1; 0: nobody counts.</param>
/// <param name="Attempts">Attempts in all.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CallTurn(int Depth, int Attempt = 0, int Attempts = 0);
