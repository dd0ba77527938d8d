using GripProxy.Protocol.Http;

namespace GripProxy.Holds.Links;

/// <summary>A request for a link, or of a filter that asks the origin (FLT-08). Immutable.</summary>
/// <param name="Method"><c>GET</c> for next links, <c>POST</c> for gone links and filters.</param>
/// <param name="Uri">The absolute link.</param>
/// <param name="LastIds">What the hold has seen (HTTP-34).</param>
public sealed record LinkRequest(string Method, Uri Uri, IReadOnlyList<GripLast> LastIds)
{
    /// <summary>Headers besides those of every link, one character per byte.</summary>
    public HeaderList Headers { get; init; } = HeaderList.Empty;

    /// <summary>The body of a <c>POST</c>.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// True: the answer is no instruct, whatever its headers; it is given back with its headers and with its body as a stream. Such requests
    /// are never shared.
    /// </summary>
    public bool IsPlain { get; init; }
}
