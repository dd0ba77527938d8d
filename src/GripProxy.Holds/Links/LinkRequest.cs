namespace GripProxy.Holds.Links;

/// <summary>A request for a link. Immutable.</summary>
/// <param name="Method"><c>GET</c> for next links, <c>POST</c> with an empty body for gone links.</param>
/// <param name="Uri">The absolute link.</param>
/// <param name="LastIds">What the hold has seen (HTTP-34).</param>
public sealed record LinkRequest(string Method, Uri Uri, IReadOnlyList<GripLast> LastIds);
