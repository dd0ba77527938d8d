using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Clients;

/// <summary>The clients of a scenario: as many of each kind as are wanted, each on the next channel. Owned by its generator, which calls one method at a time.</summary>
/// <param name="target">Where they listen.</param>
/// <param name="channels">Their channels, each with the name whose events it has.</param>
/// <param name="first">Which channel the first one has.</param>
/// <param name="onMark">Called for each event of this run that a client receives.</param>
/// <param name="onLost">Called when one lost its connection, with the reason.</param>
/// <param name="run">Name of this run and generator.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientSet(
    TargetPlan target, IReadOnlyList<(string Channel, int Name)> channels, int first, Action<Receipts, EventMark> onMark, Action<string> onLost, string run, TimeProvider time) : IAsyncDisposable
{
    private const int ConnectAtATime = 50;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly List<(Listener Client, Receipts Receipts)> _streams = [];
    private readonly List<(Listener Client, Receipts Receipts)> _sockets = [];
    private readonly List<(Listener Client, Receipts Receipts)> _polls = [];
    private string _lastLoss = "";
    private int _made = first;

    /// <summary>Makes that there are so many; completes when all listen.</summary>
    /// <param name="plan">How many of each kind.</param>
    /// <param name="log">What was sent in the step so far.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TargetException">They cannot.</exception>
    public async Task SetAsync(ClientsPlan plan, SentLog log, CancellationToken cancellationToken)
    {
        await SetAsync(_streams, plan.Stream, target.Stream, new StreamTransport(_http, bytesPerSecond: 0, time), log, cancellationToken);
        await SetAsync(_sockets, plan.WebSocket, Or(target.WebSocket), new WebSocketTransport(), log, cancellationToken);
        await SetAsync(_polls, plan.LongPoll, Or(target.LongPoll), new LongPollTransport(_http), log, cancellationToken);
    }

    /// <summary>Accepted events that clients should have received and did not; long-polls leave out what comes between two questions.</summary>
    public long CountMissing(SentLog log) => _streams.Concat(_sockets).Sum(client => client.Receipts.CountMissing(log));

    /// <summary>Begins another step.</summary>
    public void Clear()
    {
        foreach (var client in _streams.Concat(_sockets).Concat(_polls))
            client.Receipts.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_streams.Concat(_sockets).Concat(_polls).Select(static client => client.Client.DisposeAsync().AsTask()));
        _http.Dispose();
    }

    /// <summary>The address for a channel.</summary>
    public static Uri Address(string template, string channel) => new(template.Replace("{channel}", Uri.EscapeDataString(channel), StringComparison.Ordinal));

    private string Or(string address) => address.Length > 0 ? address : target.Stream;

    private async Task SetAsync(List<(Listener Client, Receipts Receipts)> clients, int count, string address, IListenTransport transport, SentLog log, CancellationToken cancellationToken)
    {
        if (clients.Count > count)
        {
            await Task.WhenAll(clients.Skip(count).Select(static client => client.Client.DisposeAsync().AsTask()));
            clients.RemoveRange(count, clients.Count - count);
        }

        while (clients.Count < count)
        {
            var some = Enumerable.Range(0, Math.Min(ConnectAtATime, count - clients.Count)).Select(_ => Make(address, transport)).ToList();
            clients.AddRange(some);
            try
            {
                await Task.WhenAll(some.Select(static client => client.Client.Held)).WaitAsync(TimeSpan.FromSeconds(30), time, cancellationToken);
                some.ForEach(client => client.Receipts.Join(log));
            }
            catch (TimeoutException)
            {
                throw new TargetException($"clients cannot listen at {address}: {(_lastLoss.Length > 0 ? _lastLoss : "no answer within 30 s")}");
            }
        }
    }

    private (Listener Client, Receipts Receipts) Make(string address, IListenTransport transport)
    {
        var (channel, name) = channels[_made++ % channels.Count];
        var receipts = new Receipts(address.Contains("{channel}", StringComparison.Ordinal) ? name : SentLog.Any);
        var scanner = new MarkScanner(run, mark => onMark(receipts, mark));
        return (new Listener(transport, Address(address, channel), (piece, _) => scanner.Take(piece.Span), Lost, stay: null, time), receipts);
    }

    private void Lost(string reason)
    {
        _lastLoss = reason;
        onLost(reason);
    }
}
