using System.Collections.Concurrent;
using System.IO.Pipelines;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Timing;
using GripProxy.Holds.Filters;
using GripProxy.Holds.Links;
using GripProxy.Holds.Messages;
using GripProxy.Holds.Response;
using GripProxy.Holds.Resuming;
using GripProxy.Holds.Streams;
using GripProxy.Holds.WebSockets;
using GripProxy.Protocol.WebSockets;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds;

/// <summary>Holds client requests: the entry to this project. Thread-safe.</summary>
public sealed partial class HoldKeeper : IConnectionDirectory
{
    // Connections that end within it end together.
    private static readonly TimeSpan DrainStep = TimeSpan.FromMilliseconds(20);

    // By the id of the connection.
    private readonly ConcurrentDictionary<string, Hold> _holds = new(StringComparer.Ordinal);
    private readonly JoinSequence _join;
    private readonly StreamServices _streams;
    private readonly HoldParts _parts;
    private readonly TimerWheel _wheel;
    private readonly TimeSpan _idleTimeout;
    private readonly HoldsOptions _options;
    private readonly Random _random;
    private readonly DeliveryInstruments _instruments;
    private readonly IgnoredResumeWarning _ignoredResume;
    private readonly ILogger<HoldKeeper> _logger;

    // How the end of all ends what is held after it, at once; or null.
    private volatile Action<Hold>? _end;

    /// <summary>
    /// Holds requests on the channels of <paramref name="table"/>, which <paramref name="backplane"/> shares with other nodes and whose histories are in
    /// <paramref name="log"/>. <paramref name="random"/> must be thread-safe.
    /// </summary>
    public HoldKeeper(
        SubscriptionTable table, IBackplane backplane, IChannelLog log, HoldsOptions options, Random random, DeliveryInstruments instruments,
        ILoggerFactory loggers)
    {
        var wheel = table.Wheel;
        _join = new JoinSequence(table, backplane, new ResumePlanner(log, table), options, instruments, loggers.CreateLogger<JoinSequence>());
        _wheel = wheel;
        _idleTimeout = options.IdleTimeout;
        _options = options;
        _random = random;
        _instruments = instruments;
        _logger = loggers.CreateLogger<HoldKeeper>();
        _ignoredResume = new IgnoredResumeWarning(_logger);
        _streams = new StreamServices(_join, new LinkFollower(wheel.Time, random), wheel, options.IdleTimeout, random, EndStream);
        var filters = new MessageFilters(wheel.Time, loggers.CreateLogger<MessageFilters>());
        _parts = new HoldParts(
            filters, new UpdateScheduler(wheel), new FirstSubscriptionLoopWarning(_logger), instruments, log, wheel, _logger);
    }

    /// <summary>
    /// Decides where the hold of a request begins on its channels (LOG-02), for whoever has to tell the client in the head of a stream
    /// (<see cref="ResumePlan.HeaderValue"/>).
    /// </summary>
    public ValueTask<ResumePlan> PlanAsync(HoldRequest request) => _join.Planner.PlanAsync(request);

    /// <summary>
    /// Holds a request for one answer (HTTP-24). Completes with the answer, with a retry, or with neither: then the connection is to be cut.
    /// Never throws for what a client, origin or publisher does.
    /// </summary>
    public Task<ResponseHoldResult> HoldResponseAsync(HoldRequest request, CancellationToken clientGone)
    {
        var plan = PlanAsync(request);
        return plan.IsCompletedSuccessfully ? HoldResponseAsync(request, plan.Result, clientGone) : HoldResponseAsync(request, plan, clientGone);
    }

    /// <summary>As <see cref="HoldResponseAsync(HoldRequest, CancellationToken)"/>, where the beginning is decided (<see cref="PlanAsync"/>).</summary>
    internal Task<ResponseHoldResult> HoldResponseAsync(HoldRequest request, ResumePlan plan, CancellationToken clientGone)
    {
        Note(request, plan, HeldTransport.Response);
        var hold = new ResponseHold(request, plan, _parts);
        _join.Join(hold, request.Instruct, plan);
        Register(hold);
        return RunAsync(hold, request, plan is { AsksOrigin: true, Outcome: { } outcome } ? outcome.ToRecovery() : null, clientGone);
    }

    /// <summary>
    /// Subscribes, writes the template's body, then every item and what the next links answer into <paramref name="output"/>, until the stream
    /// ends (HTTP-27, HTTP-30); also for an instruct without hold that has a next link. The caller has sent status and headers, or left them in
    /// the output to go with the first bytes; it ends the response afterwards: cleanly, or by cutting the connection where the reason is none of <see cref="CloseReason.Published"/>,
    /// <see cref="CloseReason.Origin"/> and <see cref="CloseReason.Admin"/>.
    /// </summary>
    /// <param name="request">The client's request.</param>
    /// <param name="plan">Where the hold begins, which was decided to write the head (<see cref="PlanAsync"/>).</param>
    /// <param name="output">Where the stream is written.</param>
    /// <param name="writesChunks">
    /// True if the output is the bare connection, where a stream is sent in chunks (RFC 9112, 7.1); false: whoever has the output frames it.
    /// </param>
    /// <param name="clientGone">The client's connection is gone.</param>
    public Task<CloseReason> HoldStreamAsync(HoldRequest request, ResumePlan plan, PipeWriter output, bool writesChunks, CancellationToken clientGone)
    {
        // Not kept from here on: the hold has what it needs of the request.
        Note(request, plan, HeldTransport.Stream);
        var hold = new StreamHold(request, output, writesChunks, _parts);
        Register(hold);
        var gone = clientGone.UnsafeRegister(static hold => ((StreamHold)hold!).End(CloseReason.Client), hold);
        return new StreamRun(hold, _streams, request.Instruct, plan).RunAsync(gone);
    }

    /// <summary>
    /// Lets a WebSocket pass between client and origin, and delivers to it what is published, until one of them ends it (WS-03, WS-10…13). The caller has
    /// opened both sides; both are closed on return. Never throws for what a client, origin or publisher does.
    /// </summary>
    /// <param name="request">The client's request; its instruct is empty.</param>
    /// <param name="client">The client's side.</param>
    /// <param name="origin">The origin's side.</param>
    /// <param name="grip">What the origin said about GRIP, or null: only implicit channels, and nothing is interpreted.</param>
    /// <param name="clientGone">The client's connection is gone.</param>
    public async Task<CloseReason> HoldWebSocketAsync(
        HoldRequest request, IWebSocketClient client, IWebSocketOrigin origin, GripExtension? grip, CancellationToken clientGone)
    {
        var hold = new WebSocketHold(request, client, origin, _parts);
        var run = new WebSocketRun(hold, client, origin, Understand(hold, client, grip), _options, _parts);
        Register(hold);
        try
        {
            _join.Join(hold, request.Instruct, _join.Planner.PlanLatest(request));
            await _join.SettleAsync(hold);
            hold.BeginReading();
            await using var gone = clientGone.UnsafeRegister(static state => ((WebSocketHold)state!).End(CloseReason.Client), hold);
            var reason = await run.RunAsync();
            _instruments.Closed(hold.Transport, reason);
            return reason;
        }
        finally
        {
            _join.Leave(hold);
            _holds.TryRemove(KeyValuePair.Create(request.ConnectionId, (Hold)hold));
        }
    }

    /// <summary>
    /// Holds a client of a message protocol (SIG-01), which has no channels yet. The caller disposes of the connection when the client is gone; it has to be
    /// once <see cref="MessageConnection.Ended"/> completes.
    /// </summary>
    /// <param name="request">The client's request; its instruct says at most its meta.</param>
    /// <param name="client">Writes to it.</param>
    public MessageConnection HoldMessages(HoldRequest request, IMessageClient client)
    {
        var hold = new MessageHold(request, client, _parts);
        var connection = new MessageConnection(hold, _join, _options.ControlLimits, _random, _parts, () => Leave(hold));
        Register(hold);
        return connection;
    }

    /// <inheritdoc/>
    public bool IsAlive(string id) => _holds.ContainsKey(id);

    /// <inheritdoc/>
    public bool Refresh(string id)
    {
        if (!_holds.TryGetValue(id, out var hold) || hold.Mode != SubscriptionMode.WebSocket)
            return false;
        hold.Refresh();
        return true;
    }

    /// <inheritdoc/>
    public IHeldConnection? Find(string id) => _holds.GetValueOrDefault(id);

    /// <inheritdoc/>
    public int Count => _holds.Count;

    /// <inheritdoc/>
    public IEnumerable<IHeldConnection> All => _holds.Select(pair => pair.Value);

    /// <summary>Ends everything that is held, now and from now on: for the end of the process.</summary>
    public void EndAll(CloseReason reason)
    {
        _end = hold => hold.End(reason);
        foreach (var (_, hold) in _holds)
            hold.End(reason);
    }

    /// <summary>
    /// Ends everything that is held, evenly over a time and in no order, so that the clients do not all come back at once (own-config.md [drain]); what is
    /// held from now on, at once. Completes when the last has been told.
    /// </summary>
    /// <param name="window">The time.</param>
    /// <param name="cut">Gives up what is not ended yet.</param>
    public async Task DrainAsync(TimeSpan window, CancellationToken cut)
    {
        _end = static hold => hold.EndInOrder();
        var holds = _holds.Values.ToArray();
        _random.Shuffle(holds);
        var since = _wheel.Time.GetTimestamp();
        for (var ended = 0; ended < holds.Length && !cut.IsCancellationRequested; ended++)
        {
            var due = (window * ended / holds.Length) - _wheel.Time.GetElapsedTime(since);
            if (due >= DrainStep)
                await Task.Delay(due, _wheel.Time, cut).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!cut.IsCancellationRequested)
                holds[ended].EndInOrder();
        }
    }

    private async Task<ResponseHoldResult> HoldResponseAsync(HoldRequest request, ValueTask<ResumePlan> plan, CancellationToken clientGone) =>
        await HoldResponseAsync(request, await plan, clientGone);

    private async Task<ResponseHoldResult> RunAsync(ResponseHold hold, HoldRequest request, RecoveryReason? missing, CancellationToken clientGone)
    {
        var timeout = new WheelTimer(static state => ((ResponseHold)state).End(CloseReason.Timeout), hold);
        try
        {
            await _join.SettleAsync(hold);
            if (missing is null && hold.IsBehind())
                missing = RecoveryReason.PrevId;
            if (missing is not null)
                hold.EndForRetry(missing.Value);
            else
                await ResponseLog.ReadAsync(hold);
            hold.Release();
            _wheel.Schedule(timeout, request.Instruct.Timeout);
            await using var gone = clientGone.UnsafeRegister(static state => ((ResponseHold)state!).End(CloseReason.Client), hold);
            await hold.Ended;
            var result = hold.ToResult();
            // A retry is not the end of the client's request (DIF-27).
            if (result.Retry is null)
            {
                _instruments.Closed(hold.Transport, result.Reason);
                _ = ReportGoneAsync(request.Gone, request.Fetcher);
            }

            return result;
        }
        finally
        {
            _wheel.Cancel(timeout);
            _join.Leave(hold);
            _holds.TryRemove(KeyValuePair.Create(hold.ConnectionId, (Hold)hold));
        }
    }

    private void EndStream(StreamHold hold, CloseReason? reason)
    {
        if (reason is not null)
            _instruments.Closed(hold.Transport, reason.Value);
        _join.Leave(hold);
        hold.Forget();
        _holds.TryRemove(KeyValuePair.Create(hold.ConnectionId, (Hold)hold));
        _ = ReportGoneAsync(hold.Gone, hold.Fetcher);
    }

    private void Note(HoldRequest request, ResumePlan plan, HeldTransport transport)
    {
        if (plan.Outcome is { } outcome)
            _instruments.Resumed(transport, outcome);
        _ignoredResume.Check(request, plan);
    }

    private void Register(Hold hold)
    {
        _holds[hold.ConnectionId] = hold;
        _end?.Invoke(hold);
    }

    private void Leave(MessageHold hold)
    {
        _instruments.Closed(hold.Transport, hold.Output.EndReason);
        _holds.TryRemove(KeyValuePair.Create(hold.ConnectionId, (Hold)hold));
    }

    private OriginGrip? Understand(WebSocketHold hold, IWebSocketClient client, GripExtension? grip)
    {
        if (grip is null)
            return null;
        var channels = new WebSocketChannels(hold, _join, client.Framing, _logger);
        return new OriginGrip(new OriginGate(grip), new WebSocketControls(hold, channels, client.Framing, _options.ControlLimits, _random, _parts));
    }

    /// <summary>Tells the origin once that the held request is over, if its instruct asked for that (HTTP-31). Never throws.</summary>
    private async Task ReportGoneAsync(Uri? link, IOriginFetcher? fetcher)
    {
        if (link is null || fetcher is null)
            return;
        try
        {
            await using var response = await fetcher.FetchAsync(new LinkRequest("POST", link, []), CancellationToken.None);
            Log.GoneReported(_logger, link, response.Status);
        }
        catch (Exception error)
        {
            Log.GoneFailed(_logger, link, error);
        }
    }
}
