namespace GripProxy.Protocol.Instructs;

/// <summary>What became of reading an instruct: exactly one of the two is there.</summary>
/// <param name="Instruct">The instruct, or null.</param>
/// <param name="Error">The text of HTTP-12 and HTTP-13 that says what is wrong, without line end, or null. It may be empty.</param>
public readonly record struct InstructResult(Instruct? Instruct, string? Error);
