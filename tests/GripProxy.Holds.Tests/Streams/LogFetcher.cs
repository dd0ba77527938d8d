using System.Collections.Concurrent;
using GripProxy.Holds.Links;
using GripProxy.Holds.Tests.Links;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Tests.Streams;

/// <summary>An origin that keeps the numbered items of channel c and answers a link with those after the last id. Thread-safe.</summary>
internal sealed class LogFetcher : IOriginFetcher
{
    private int _last;

    public ConcurrentQueue<string> AskedAfter { get; } = new();

    /// <summary>How an item looks to the client.</summary>
    public Func<int, string> Render { get; init; } = number => $"{number} ";

    /// <summary>One more item; its number.</summary>
    public int Append() => Interlocked.Increment(ref _last);

    public Task<LinkResponse> FetchAsync(LinkRequest request, CancellationToken cancellation)
    {
        var after = request.LastIds.Single().LastId;
        AskedAfter.Enqueue(after);
        var last = Volatile.Read(ref _last);
        var missing = Enumerable.Range(1, last).Skip(int.Parse(after)).Select(Render);
        return Task.FromResult(ScriptedFetcher.Answer(string.Concat(missing), HoldMode.Stream, "/next", HoldsFixture.Channel("c", $"{last}")));
    }
}
