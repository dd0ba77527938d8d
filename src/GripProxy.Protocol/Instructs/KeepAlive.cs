namespace GripProxy.Protocol.Instructs;

/// <summary>Bytes to send into a quiet stream (HTTP-26). Immutable.</summary>
/// <param name="Data">What to send, at least one byte.</param>
/// <param name="Timeout">Time between two sends, at least one second; the sender takes a random part of a second off.</param>
/// <param name="Mode">What starts the timer again.</param>
public sealed record KeepAlive(ReadOnlyMemory<byte> Data, TimeSpan Timeout, KeepAliveMode Mode);
