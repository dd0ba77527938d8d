using System.Globalization;
using System.Text;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Tests.Reliability;

/// <summary>
/// An origin that keeps what it published, 1, 2, 3…, and can say what came after an id: on long-polls, on streams and on next links.
/// </summary>
internal sealed class LoggingOrigin : IOriginFetcher
{
    public const string Channel = "c";

    private int _last;

    /// <summary>How often a hold had to ask for what it missed.</summary>
    public int Fetches { get; private set; }

    public int Last => Volatile.Read(ref _last);

    public int Append() => Interlocked.Increment(ref _last);

    /// <summary>A stream's beginning: everything after an id, then hold with the last id and a next link.</summary>
    public Instruct Stream(int after)
    {
        var last = Last;
        return new Instruct
        {
            Hold = HoldMode.Stream,
            Channels = [HoldsFixture.Channel(Channel, $"{last}")],
            Next = new NextLink("/next", TimeSpan.FromSeconds(30)),
            Response = Reply(after, last),
        };
    }

    /// <summary>A long-poll: what is newer at once, else a hold with the id as cursor.</summary>
    public Instruct Poll(int after)
    {
        var last = Last;
        return new Instruct
        {
            Hold = last > after ? HoldMode.None : HoldMode.Response,
            Channels = [HoldsFixture.Channel(Channel, $"{after}")],
            Response = Reply(after, last),
        };
    }

    public Task<LinkResponse> FetchAsync(LinkRequest request, CancellationToken cancellation)
    {
        Fetches++;
        var after = int.Parse(request.LastIds.Single().LastId, CultureInfo.InvariantCulture);
        return Task.FromResult(new LinkResponse { Status = 200, Instruct = Stream(after) });
    }

    /// <summary>One line per item.</summary>
    public static string Lines(int after, int last) => string.Concat(Enumerable.Range(after + 1, last - after).Select(i => $"{i}\n"));

    private static HttpReply Reply(int after, int last) =>
        new(200, "OK", HeaderList.Empty, Encoding.ASCII.GetBytes(Lines(after, last)));
}
