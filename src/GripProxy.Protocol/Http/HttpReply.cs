namespace GripProxy.Protocol.Http;

/// <summary>
/// A whole response as data. As part of an instruct it is the <i>template</i> (HTTP-12): what the client gets at a response hold's
/// timeout, and what a published response starts from. Immutable.
/// </summary>
/// <param name="Code">Status code, 0–999.</param>
/// <param name="Reason">Reason phrase; the standard phrase of <see cref="ReasonPhrases"/> where the origin gave none.</param>
/// <param name="Headers">Header lines without hop-by-hop and <c>Grip-*</c> headers; never <c>Content-Length</c>, which the sender computes.</param>
/// <param name="Body">The whole body.</param>
public sealed record HttpReply(int Code, string Reason, HeaderList Headers, ReadOnlyMemory<byte> Body);
