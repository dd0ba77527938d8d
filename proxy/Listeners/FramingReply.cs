namespace GripProxy.Proxy.Listeners;

/// <summary>The answer to a request that is no HTTP: status and a text that ends with a line end. Immutable.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Text">Body, plain text.</param>
internal readonly record struct FramingReply(int Status, string Text);
