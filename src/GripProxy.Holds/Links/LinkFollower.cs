using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Links;

/// <summary>Fetches next links with Pushpin's schedule of retries (HTTP-30). Stateless.</summary>
internal sealed class LinkFollower(TimeProvider time, Random random)
{
    /// <summary>Waits before the retries, in seconds; each gets up to a second more, so that many holds do not ask at once.</summary>
    private static readonly int[] Delays = [1, 2, 4, 8, 16];

    /// <summary>So many empty answers in a row may be part of a chain; more are a circle.</summary>
    private const int FreeAnswers = 3;

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

    /// <summary>
    /// Waits before the next of a row of links that neither held nor said anything, the last of which was fetched at <paramref name="since"/>: an
    /// origin whose links lead in a circle is asked ever more rarely. GripProxy: Pushpin asks without a pause, hundreds of times a second.
    /// </summary>
    public Task PaceAsync(int emptyAnswers, long since, CancellationToken cancellation)
    {
        if (emptyAnswers <= FreeAnswers)
            return Task.CompletedTask;
        var seconds = Delays[Math.Min(emptyAnswers - FreeAnswers, Delays.Length) - 1] + random.NextDouble();
        var rest = TimeSpan.FromSeconds(seconds) - time.GetElapsedTime(since);
        return rest > TimeSpan.Zero ? Task.Delay(rest, time, cancellation) : Task.CompletedTask;
    }

    /// <summary>Now, as <see cref="PaceAsync"/> wants it.</summary>
    public long GetTimestamp() => time.GetTimestamp();

    /// <summary>The absolute link, or null if it does not resolve against <paramref name="from"/> to an http address.</summary>
    public static Uri? Resolve(Uri from, NextLink link) => Resolve(from, link.Uri);

    /// <inheritdoc cref="Resolve(Uri, NextLink)"/>
    public static Uri? Resolve(Uri from, string link) =>
        Uri.TryCreate(from, link, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) ? uri : null;
}
