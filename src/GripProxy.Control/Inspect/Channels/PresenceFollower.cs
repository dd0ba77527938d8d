using System.Text.Json;
using GripProxy.Channels.Nodes;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Inspect.Cluster;
using Microsoft.Extensions.Primitives;

namespace GripProxy.Control.Inspect.Channels;

/// <summary>
/// Tells one watch who is on the channels of the other nodes (CTL-11): asks each for its changes, again and again, until it is gone. Owned by one event stream.
/// </summary>
internal sealed class PresenceFollower : IDisposable
{
    // As often as nodes say that they are there.
    private static readonly TimeSpan ListInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly OtherNodes _others;
    private readonly OwnRequest _request;
    private readonly PresenceWatch _watch;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, Task> _followed = new(StringComparer.Ordinal);
    private readonly string _id = Guid.NewGuid().ToString("N");
    private HashSet<string> _listed = new(StringComparer.Ordinal);

    /// <summary>Follows nobody yet.</summary>
    public PresenceFollower(OtherNodes others, OwnRequest request, PresenceWatch watch, TimeProvider time)
    {
        _others = others;
        _request = request;
        _watch = watch;
        _time = time;
    }

    /// <summary>Learns who is on the channels of all nodes, and goes on following them.</summary>
    /// <returns>The names of the nodes that did not answer in time.</returns>
    public async Task<IReadOnlyList<string>> BeginAsync()
    {
        if (_request.IsLocal || await _others.ListAsync() is not { } others)
            return [];
        var caughtUp = await Task.WhenAll(others.Nodes.Select(CatchUpAsync));
        _listed = [.. others.Nodes.Select(static node => node.Run)];
        for (var i = 0; i < caughtUp.Length; i++)
            _followed[others.Nodes[i].Run] = FollowAsync(others.Nodes[i].Run, caughtUp[i]);
        _ = ListAsync();
        return [.. others.Nodes.Where((_, i) => caughtUp[i] is null).Select(static node => node.Node).Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Cancel();

    /// <summary>Asks a node until it has nothing new; what it was last, or null: it did not answer.</summary>
    private async Task<string?> CatchUpAsync(NodeRecord node)
    {
        var seen = "";
        while (true)
        {
            if (await AskAsync(node.Run, seen, waits: false) is not { } answer)
                return null;
            seen = Take(node.Run, answer);
            if (!answer.GetProperty("more").GetBoolean())
                return seen;
        }
    }

    /// <summary>Looks who is there. Ends when the stream does.</summary>
    private async Task ListAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(ListInterval, _time, _stop.Token);
                // While that cannot be found out, all are as they were.
                if (await _others.ListAsync() is not { IsCurrent: true } others)
                    continue;
                Volatile.Write(ref _listed, [.. others.Nodes.Select(static node => node.Run)]);
                foreach (var node in others.Nodes)
                {
                    if (!_followed.TryGetValue(node.Run, out var follows) || follows.IsCompleted)
                        _followed[node.Run] = FollowAsync(node.Run, seen: null);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The client is gone.
        }
    }

    /// <summary>Follows a node until it is gone, or the client.</summary>
    private async Task FollowAsync(string run, string? seen)
    {
        try
        {
            while (true)
            {
                if (await AskAsync(run, seen ?? "", waits: seen is not null) is { } answer)
                {
                    seen = Take(run, answer);
                    continue;
                }

                if (!Volatile.Read(ref _listed).Contains(run))
                {
                    _watch.Forget(run);
                    return;
                }

                await Task.Delay(Pause, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The client is gone.
        }
    }

    private Task<JsonElement?> AskAsync(string run, string seen, bool waits)
    {
        var query = new Dictionary<string, StringValues>(_request.Query, StringComparer.OrdinalIgnoreCase)
        {
            ["watch"] = _id, ["seen"] = seen, ["wait"] = waits ? "1" : "0",
        };
        return _others.AskOneAsync(run, "presence", _request with { Query = query }, waits ? PresenceFeeds.MaxWait : TimeSpan.Zero, _stop.Token);
    }

    private string Take(string run, JsonElement answer)
    {
        // The node had forgotten what it told before.
        if (answer.GetProperty("first").GetBoolean())
            _watch.Forget(run);
        foreach (var change in answer.GetProperty("changes").EnumerateArray())
        {
            var word = change.GetProperty("mode").GetString();
            foreach (var mode in Enum.GetValues<SubscriptionMode>())
            {
                if (mode.Word() == word)
                {
                    _watch.Change(
                        run, (change.GetProperty("channel").GetString() ?? "", mode), change.GetProperty("subscribers").GetInt32(), change.GetProperty("used").GetBoolean());
                }
            }
        }

        return answer.GetProperty("seen").GetString() ?? "";
    }
}
