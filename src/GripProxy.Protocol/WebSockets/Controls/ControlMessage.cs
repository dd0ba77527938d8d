using GripProxy.Protocol.Items;

namespace GripProxy.Protocol.WebSockets.Controls;

/// <summary>A message that the proxy shall send by itself (WS-12d, WS-12e). Immutable.</summary>
/// <param name="Type">Its type; text unless the origin said otherwise, even if the content came as Base64.</param>
/// <param name="Content">Its content; may be empty.</param>
public sealed record ControlMessage(WebSocketMessageType Type, ReadOnlyMemory<byte> Content);
