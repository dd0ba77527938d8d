using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Links;

/// <summary>Fetches next links with Pushpin's schedule of retries (HTTP-30). Stateless.</summary>
internal sealed class LinkFollower(TimeProvider time, Random random)
{
    /// <summary>Waits before the retries, in seconds; each gets up to a second more, so that many holds do not ask at once.</summary>
    private static readonly int[] Delays = [1, 2, 4, 8, 16];

    /// <summary>Fetches the link until it answers with 2xx, six times at most. Null: it never did.</summary>
    public async Task<LinkResponse?> FollowAsync(IOriginFetcher fetcher, LinkRequest request, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var response = await fetcher.FetchAsync(request, cancellation);
            if (response.IsSuccess)
                return response;
            await response.DisposeAsync();
            if (attempt == Delays.Length)
                return null;
            await Task.Delay(TimeSpan.FromSeconds(Delays[attempt] + random.NextDouble()), time, cancellation);
        }
    }

    /// <summary>The absolute link, or null if it does not resolve against <paramref name="from"/> to an http address.</summary>
    public static Uri? Resolve(Uri from, NextLink link) => Resolve(from, link.Uri);

    /// <inheritdoc cref="Resolve(Uri, NextLink)"/>
    public static Uri? Resolve(Uri from, string link) =>
        Uri.TryCreate(from, link, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) ? uri : null;
}
