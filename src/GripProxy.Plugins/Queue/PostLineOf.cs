using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Queue;

/// <summary>A line of an install. Immutable.</summary>
/// <param name="Tenant">Number of the tenant.</param>
/// <param name="Install">Number of the install.</param>
/// <param name="Line">Which of its lines.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PostLineOf(int Tenant, int Install, PostLine Line);
