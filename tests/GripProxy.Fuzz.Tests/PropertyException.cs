namespace GripProxy.Fuzz.Tests;

/// <summary>What was read is not as it has to be.</summary>
public sealed class PropertyException(string message) : Exception(message);
