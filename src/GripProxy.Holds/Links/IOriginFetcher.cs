namespace GripProxy.Holds.Links;

/// <summary>
/// Asks the origin on behalf of holds: next links, gone links (HTTP-30, HTTP-31). One per client request: it knows the route and target that
/// the request took. Implemented where requests are forwarded.
/// </summary>
public interface IOriginFetcher
{
    /// <summary>
    /// Sends a request for a link. A failure of the network is a response without status; the only exception is the cancellation.
    /// </summary>
    Task<LinkResponse> FetchAsync(LinkRequest request, CancellationToken cancellation);
}
