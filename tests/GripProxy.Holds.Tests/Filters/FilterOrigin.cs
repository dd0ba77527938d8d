using System.Text;
using System.Threading.Channels;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using GripProxy.Testing;

namespace GripProxy.Holds.Tests.Filters;

/// <summary>An origin whose answers the test gives one by one, in the order it is asked.</summary>
internal sealed class FilterOrigin(ManualTime time) : IOriginFetcher
{
    private readonly Channel<(LinkRequest Request, TaskCompletionSource<LinkResponse> Answer)> _asked =
        Channel.CreateUnbounded<(LinkRequest, TaskCompletionSource<LinkResponse>)>();

    public Task<LinkResponse> FetchAsync(LinkRequest request, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<LinkResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked.Writer.TryWrite((request, answer));
        return answer.Task.WaitAsync(cancellation);
    }

    public bool WasAsked => _asked.Reader.TryPeek(out _);

    /// <summary>The next request, once it has come. The clock moves on, so that the one after it need not wait for its turn.</summary>
    public async Task<(LinkRequest Request, TaskCompletionSource<LinkResponse> Answer)> AskedAsync()
    {
        var asked = await _asked.Reader.ReadAsync();
        time.Advance(TimeSpan.FromMilliseconds(20));
        return asked;
    }

    public async Task<LinkRequest> AnswerAsync(LinkResponse response)
    {
        var (request, answer) = await AskedAsync();
        answer.SetResult(response);
        return request;
    }

    public static LinkResponse Plain(int status, string body = "", string? action = null) => new()
    {
        Status = status,
        Headers = action is null ? HeaderList.Empty : new HeaderList([new HeaderField("action", action)]),
        Body = new MemoryStream(Encoding.UTF8.GetBytes(body)),
    };

    /// <summary>An answer to a next link, with its body as a stream.</summary>
    public static LinkResponse Next(Instruct instruct, string body) => new()
    {
        Status = 200,
        Instruct = instruct,
        Body = new MemoryStream(Encoding.UTF8.GetBytes(body)),
    };
}
