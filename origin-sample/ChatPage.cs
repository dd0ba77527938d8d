namespace GripProxy.OriginSample;

/// <summary>What a client gets of the chat. Immutable.</summary>
/// <param name="Cursor">Where to go on: the id of the last message that this page covers.</param>
/// <param name="Gap">True if messages between the client's cursor and this page are not kept any more.</param>
/// <param name="Messages">Messages after the client's cursor, in order; may be empty.</param>
internal sealed record ChatPage(string Cursor, bool Gap, IReadOnlyList<ChatMessage> Messages);
