namespace GripProxy.Proxy.Commands;

/// <summary>Where a demo listens, all on loopback; 0 is any free port. Immutable.</summary>
/// <param name="Client">For browsers.</param>
/// <param name="Control">For publishers.</param>
/// <param name="Origin">Of the sample origin.</param>
internal sealed record DemoPorts(int Client, int Control, int Origin);
