using System.Collections.Concurrent;
using System.Text;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;

namespace GripProxy.Holds.Tests.Links;

/// <summary>Answers links in the order given, the last answer again and again, and remembers what it was asked.</summary>
internal sealed class ScriptedFetcher(params LinkResponse[] answers) : IOriginFetcher
{
    private int _next;

    public ConcurrentQueue<LinkRequest> Requests { get; } = new();

    /// <summary>What tells the time of requests; none is kept without it.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>When each request came.</summary>
    public ConcurrentQueue<DateTimeOffset> Times { get; } = new();

    /// <summary>Fires with each request.</summary>
    public SemaphoreSlim Asked { get; } = new(0);

    public static LinkResponse Answer(string body, HoldMode hold = HoldMode.None, string? next = null, params ChannelInstruct[] channels) => new()
    {
        Status = 200,
        Instruct = new Instruct
        {
            Hold = hold,
            Channels = channels,
            Next = next is null ? null : new NextLink(next, TimeSpan.FromSeconds(60)),
            Response = new HttpReply(200, "OK", HeaderList.Empty, Encoding.UTF8.GetBytes(body)),
        },
    };

    public Task<LinkResponse> FetchAsync(LinkRequest request, CancellationToken cancellation)
    {
        Requests.Enqueue(request);
        if (Clock is { } clock)
            Times.Enqueue(clock.GetUtcNow());
        Asked.Release();
        return Task.FromResult(answers[Math.Min(_next++, answers.Length - 1)]);
    }
}
