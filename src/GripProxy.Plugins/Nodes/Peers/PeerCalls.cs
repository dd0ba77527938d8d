using System.Collections.Concurrent;
using System.Net;
using GripProxy.Plugins.Direct;
using GripProxy.Plugins.State;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Nodes.Peers;

/// <summary>
/// Calls plugins on the node where they are loaded already, instead of starting a process for them here (plugins.md §12.3). Thread-safe. Owned by the running plugins.
/// </summary>
internal sealed partial class PeerCalls : IDisposable
{
    // Who runs what is told at once when it changes; what is asked for again and again need not be read each time.
    private static readonly TimeSpan Known = TimeSpan.FromSeconds(1);

    // To be connected, and to hear that the node reads.
    private static readonly TimeSpan Readiness = TimeSpan.FromSeconds(1);

    // A cell answers with one frame, which has 16 MiB at most.
    private const int MostBytes = 17 * 1024 * 1024;

    // As long as a node that is gone stays in the list.
    private static readonly TimeSpan Avoided = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, long> _unreachable = new(StringComparer.Ordinal);
    private readonly HttpClient _client;
    private readonly PeerSeal _seal;
    private readonly Func<Task<IReadOnlyList<NodeReport>>> _reports;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Task<IReadOnlyList<NodeReport>>? _last;
    private long _read;
    private int _turn;

    /// <summary>Calls nobody yet.</summary>
    /// <param name="seal">The key.</param>
    /// <param name="reports">What the other nodes say of their plugins.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The log.</param>
    public PeerCalls(PeerSeal seal, Func<Task<IReadOnlyList<NodeReport>>> reports, TimeProvider time, ILogger<PeerCalls> logger)
    {
        _seal = seal;
        _reports = reports;
        _time = time;
        _logger = logger;
        // Nodes know each other's addresses: what a proxy or a redirect names is none of them.
        _client = new HttpClient(new SocketsHttpHandler { ConnectTimeout = Readiness, Expect100ContinueTimeout = Timeout.InfiniteTimeSpan, UseProxy = false, AllowAutoRedirect = false })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MostBytes,
        };
    }

    /// <summary>Calls a function where its plugin is loaded.</summary>
    /// <returns>What it came to, or null: it was not called, because no other node has it loaded, or none of those could be reached.</returns>
    public async Task<DirectAnswer?> TryAsync(PeerQuestion question)
    {
        var field = InstallRecord.FieldOf(question.Tenant, question.Install);
        var peers = (await ReportsAsync()).Where(report => report.Installs.GetValueOrDefault(field) is { IsWarm: true }).Select(static report => report.Address).OfType<string>()
            .Where(address => !IsAvoided(address)).Order(StringComparer.Ordinal).ToList();
        var first = peers.Count == 0 ? 0 : (Interlocked.Increment(ref _turn) & int.MaxValue) % peers.Count;
        var bytes = question.Write();
        foreach (var address in peers.Skip(first).Concat(peers.Take(first)))
        {
            if (await TryAsync(address, bytes, question.Limit) is { } answer)
                return answer;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private bool IsAvoided(string address) => _unreachable.TryGetValue(address, out var since) && _time.GetElapsedTime(since) < Avoided;

    // Null: the call was not made there.
    private async Task<DirectAnswer?> TryAsync(string address, byte[] question, TimeSpan limit)
    {
        // It stands in Redis, and is to name a node and nothing more.
        if (!Uri.TryCreate($"http://{address}{PeerDoor.Path}", UriKind.Absolute, out var door) || !door.Authority.Equals(address, StringComparison.OrdinalIgnoreCase))
        {
            Avoid(address, "what it says is no host:port");
            return null;
        }

        var proof = _seal.OfQuestion(address, question);
        var content = new PeerContent(question);
        using var request = new HttpRequestMessage(HttpMethod.Post, door) { Content = content };
        request.Headers.ExpectContinue = true;
        request.Headers.Add(PeerDoor.Header, proof);
        using var patience = new CancellationTokenSource(limit, _time);
        await using var readiness = _time.CreateTimer(_ => GiveUp(content, patience), null, Readiness, Timeout.InfiniteTimeSpan);
        try
        {
            using var response = await _client.SendAsync(request, patience.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
                // It has just ended there, which says nothing of the node.
                return null;
            var bytes = await response.Content.ReadAsByteArrayAsync(patience.Token);
            if (response.IsSuccessStatusCode && response.Headers.TryGetValues(PeerDoor.Header, out var seals) && _seal.FitsAnswer(seals.First(), proof, bytes))
                return PeerAnswer.Read(bytes);
            Avoid(address, response.StatusCode == HttpStatusCode.Unauthorized ? "it has another key, another address or another time" : $"it answered {(int)response.StatusCode}, which is no answer of a node");
            // Who failed over it may have made it.
            return content.IsSent && response.StatusCode >= HttpStatusCode.InternalServerError ? new DirectAnswer(DirectOutcome.NoCell) : null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or OperationCanceledException)
        {
            if (content.IsSent && e is OperationCanceledException)
                return new DirectAnswer(DirectOutcome.TimedOut);
            Avoid(address, e is OperationCanceledException ? $"it did not take the call within {Readiness.TotalSeconds:0} s" : e.Message);
            // What was sent may have been done: functions are called once (plugins.md §7.10).
            return content.IsSent ? new DirectAnswer(DirectOutcome.NoCell) : null;
        }
    }

    private static void GiveUp(PeerContent content, CancellationTokenSource patience)
    {
        if (content.TryGiveUp())
            patience.Cancel();
    }

    private void Avoid(string address, string reason)
    {
        // Of addresses that nobody has any more, too.
        foreach (var past in _unreachable.Where(one => _time.GetElapsedTime(one.Value) >= Avoided))
            _unreachable.TryRemove(past);
        _unreachable[address] = _time.GetTimestamp();
        Log.NotReached(_logger, address, reason);
    }

    private async Task<IReadOnlyList<NodeReport>> ReportsAsync()
    {
        if (Volatile.Read(ref _last) is not { } reading || _time.GetElapsedTime(Volatile.Read(ref _read)) >= Known)
        {
            Volatile.Write(ref _read, _time.GetTimestamp());
            reading = _reports();
            Volatile.Write(ref _last, reading);
        }

        try
        {
            return await reading;
        }
        catch (StateUnavailableException)
        {
            // Then it is done here.
            return [];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7990, LogLevel.Warning, "node {Address} is not called for {Seconds} s: {Reason}", EventName = "PeerNotReached")]
        public static partial void NotReached(ILogger logger, string address, double seconds, string reason);

        public static void NotReached(ILogger logger, string address, string reason) => NotReached(logger, address, Avoided.TotalSeconds, reason);
    }
}
