namespace GripProxy.OriginSample;

/// <summary>One message of the chat. Immutable.</summary>
/// <param name="Id">Its place in the chat: greater than that of the message before it.</param>
/// <param name="User">Who wrote it.</param>
/// <param name="Text">What.</param>
/// <param name="At">When, as the origin saw it.</param>
internal sealed record ChatMessage(string Id, string User, string Text, DateTimeOffset At);
