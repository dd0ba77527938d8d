namespace GripProxy.Holds.WebSockets;

/// <summary>What it takes to understand an origin that speaks GRIP (WS-10). Immutable.</summary>
/// <param name="Gate">Tells what is for the client and what for the proxy.</param>
/// <param name="Controls">Does what is for the proxy.</param>
internal sealed record OriginGrip(OriginGate Gate, WebSocketControls Controls);
