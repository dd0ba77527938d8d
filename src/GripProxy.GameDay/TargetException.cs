namespace GripProxy.GameDay;

/// <summary>The target of a game day is not as it must be; the message says what is wrong and what was expected.</summary>
/// <param name="message">For people.</param>
internal sealed class TargetException(string message) : Exception(message);
