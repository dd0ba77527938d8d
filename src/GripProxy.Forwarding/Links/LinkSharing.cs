using System.Text;
using GripProxy.Forwarding.Http;
using GripProxy.Holds.Links;

namespace GripProxy.Forwarding.Links;

/// <summary>
/// Lets holds that ask for the same at the same time share one request to the origin (HTTP-32). Answers up to
/// <see cref="InstructBody.Limit"/> are shared; of a longer one only the first hold gets the stream, the others ask themselves. Guarded by
/// its own lock.
/// </summary>
internal sealed class LinkSharing
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Shared> _running = new(StringComparer.Ordinal);

    /// <summary>
    /// What makes two requests the same: route, link and last ids. Pushpin ignores the query; one client's query may ask for what is not
    /// another's to see, so here it counts.
    /// </summary>
    public static string KeyOf(LinkRequest link, RouteModel route)
    {
        var key = new StringBuilder(route.Config.Id).Append('\n').Append(link.Uri.AbsoluteUri);
        foreach (var last in link.LastIds.OrderBy(l => l.Channel, StringComparer.Ordinal))
            key.Append('\n').Append(last.Channel).Append('\n').Append(last.LastId);
        return key.ToString();
    }

    /// <summary>The answer of a request that is under way for the same key, else of <paramref name="send"/>.</summary>
    public async Task<LinkResponse> FetchAsync(string key, Func<CancellationToken, Task<LinkResponse>> send, CancellationToken cancellation)
    {
        Shared shared;
        bool leads;
        lock (_gate)
        {
            leads = !_running.TryGetValue(key, out var running);
            shared = running ?? new Shared();
            if (leads)
                _running.Add(key, shared);
            shared.Waiters++;
        }

        if (leads)
            _ = RunAsync(key, shared, send);
        try
        {
            var answer = await shared.Answer.Task.WaitAsync(cancellation);
            if (answer.Body is null)
                return answer;
            return leads ? answer : await send(cancellation);
        }
        finally
        {
            lock (_gate)
            {
                if (--shared.Waiters == 0)
                    _ = shared.Abandoned.CancelAsync();
            }
        }
    }

    private async Task RunAsync(string key, Shared shared, Func<CancellationToken, Task<LinkResponse>> send)
    {
        LinkResponse? answer = null;
        try
        {
            answer = await BufferAsync(await send(shared.Abandoned.Token), shared.Abandoned.Token);
            shared.Answer.TrySetResult(answer);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // Everybody left, or the origin broke off: no answer.
            shared.Answer.TrySetResult(new LinkResponse());
        }
        catch (Exception e)
        {
            shared.Answer.TrySetException(e);
        }
        finally
        {
            bool isUnwanted;
            lock (_gate)
            {
                _running.Remove(key);
                isUnwanted = shared.Waiters == 0;
            }

            if (isUnwanted && answer is not null)
                await answer.DisposeAsync();
        }
    }

    /// <summary>The response with its body in memory, or, if that is too long, with a stream of all of it.</summary>
    private static async Task<LinkResponse> BufferAsync(LinkResponse response, CancellationToken cancellation)
    {
        if (response.Body is not { } stream || response.Instruct is not { } instruct)
            return response;
        var (body, complete) = await InstructBody.ReadAsync(stream, cancellation);
        if (!complete)
            return new LinkResponse { Status = response.Status, Instruct = instruct, Body = new RelayStream(stream, body) };
        await stream.DisposeAsync();
        return new LinkResponse { Status = response.Status, Instruct = instruct with { Response = instruct.Response with { Body = body } } };
    }

    /// <summary>A request under way. Guarded by the lock of the sharing.</summary>
    private sealed class Shared
    {
        public int Waiters { get; set; }

        public TaskCompletionSource<LinkResponse> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Abandoned { get; } = new();
    }
}
