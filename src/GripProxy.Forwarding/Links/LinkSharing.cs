using System.Text;
using GripProxy.Forwarding.Http;
using GripProxy.Holds.Links;

namespace GripProxy.Forwarding.Links;

/// <summary>
/// Lets holds that ask for the same at the same time share one request to the origin (HTTP-32). Answers up to
/// <see cref="InstructBody.Limit"/> that come within <see cref="SharedAnswer.Patience"/> are shared; of any other only one hold gets the
/// stream, the others ask themselves. Guarded by its own lock.
/// </summary>
internal sealed class LinkSharing(TimeProvider time)
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
        var shared = Enter(key, send);
        try
        {
            var answer = await shared.Answer.Task.WaitAsync(cancellation);
            if (answer.Body is null || TryTake(shared))
                return answer;
        }
        finally
        {
            if (Leave(key, shared) is { } unwanted)
                await unwanted.DisposeAsync();
        }

        return await send(cancellation);
    }

    private Shared Enter(string key, Func<CancellationToken, Task<LinkResponse>> send)
    {
        Shared? shared;
        lock (_gate)
        {
            if (_running.TryGetValue(key, out shared))
            {
                shared.Waiters++;
                return shared;
            }

            shared = new Shared { Waiters = 1 };
            _running.Add(key, shared);
        }

        _ = RunAsync(key, shared, send);
        return shared;
    }

    /// <summary>Ends a request that nobody waits for any more; gives an answer that came and that nobody took.</summary>
    private LinkResponse? Leave(string key, Shared shared)
    {
        lock (_gate)
        {
            if (--shared.Waiters > 0)
                return null;
            Forget(key, shared);
            if (shared.Given is not null)
                return shared.IsTaken ? null : shared.Given;
            _ = shared.Abandoned.CancelAsync();
            return null;
        }
    }

    private bool TryTake(Shared shared)
    {
        lock (_gate)
        {
            var isFirst = !shared.IsTaken;
            shared.IsTaken = true;
            return isFirst;
        }
    }

    private async Task RunAsync(string key, Shared shared, Func<CancellationToken, Task<LinkResponse>> send)
    {
        LinkResponse answer;
        try
        {
            answer = await SharedAnswer.ReadAsync(await send(shared.Abandoned.Token), time, shared.Abandoned);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // Everybody left, or the origin broke off: no answer.
            answer = new LinkResponse();
        }
        catch (Exception e)
        {
            lock (_gate)
                Forget(key, shared);
            shared.Answer.TrySetException(e);
            return;
        }

        lock (_gate)
        {
            Forget(key, shared);
            if (shared.Waiters > 0)
            {
                shared.Given = answer;
                shared.Answer.TrySetResult(answer);
                return;
            }
        }

        await answer.DisposeAsync();
    }

    /// <summary>Lets later holds ask anew; they might have begun to already.</summary>
    private void Forget(string key, Shared shared)
    {
        if (_running.TryGetValue(key, out var running) && ReferenceEquals(running, shared))
            _running.Remove(key);
    }

    /// <summary>A request under way. Guarded by the lock of the sharing.</summary>
    private sealed class Shared
    {
        public int Waiters { get; set; }

        public LinkResponse? Given { get; set; }

        /// <summary>True once somebody owns the stream of the answer.</summary>
        public bool IsTaken { get; set; }

        public TaskCompletionSource<LinkResponse> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Abandoned { get; } = new();
    }
}
