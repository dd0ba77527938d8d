namespace GripProxy.Protocol.Http;

/// <summary>
/// One header line. <see cref="Value"/> holds one character per byte on the wire (the Latin-1 view of the bytes), so that whatever an
/// origin or client sends passes unchanged; <see cref="HeaderText"/> converts to and from Unicode text.
/// </summary>
/// <param name="Name">The name as written; names compare case-insensitively.</param>
/// <param name="Value">The value without surrounding white space.</param>
public readonly record struct HeaderField(string Name, string Value);
