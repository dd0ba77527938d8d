using GripProxy.Forwarding.Diagnostics;
using GripProxy.Forwarding.Http;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

/// <summary>
/// Makes the requests of one connection and reads their answers, one at a time (WOH-01), each within its time. Owned by the connection;
/// <see cref="Hurry"/> is thread-safe.
/// </summary>
internal sealed class OriginCaller
{
    // What an origin has to answer once nobody waits for the answer any more.
    private static readonly TimeSpan HurryTime = TimeSpan.FromSeconds(30);

    private readonly RequestTemplate _requests;
    private readonly HttpMessageInvoker _client;
    private readonly OverHttpServices _services;
    private readonly Alarm _deadline;
    private readonly Action _progress;
    private readonly ConnectionMeta _meta = new();
    private volatile CancellationTokenSource? _cut;
    private volatile OriginRequest? _asked;
    private volatile bool _hurries;

    /// <summary>Calls a target that has a client.</summary>
    /// <param name="connectionId">The connection's id, for the log.</param>
    /// <param name="requests">Makes its requests.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="services">What all connections have in common.</param>
    public OriginCaller(string connectionId, RequestTemplate requests, OriginTarget target, OverHttpServices services)
    {
        ConnectionId = connectionId;
        Target = target.Display;
        _requests = requests;
        _client = target.Client!; // Targets without are not dialled.
        _services = services;
        _deadline = new Alarm(services.Wheel, Cut);
        _progress = () => _deadline.Set(_hurries ? HurryTime : services.Options.IdleTimeout);
    }

    /// <summary>The connection's id.</summary>
    public string ConnectionId { get; }

    /// <summary>The target's address, for the log.</summary>
    public string Target { get; }

    /// <summary>Makes a request. What goes wrong stands in the answer; never throws for what an origin does.</summary>
    /// <param name="call">The request; its body is not to be changed while the answer says that it is in use.</param>
    /// <param name="isOpening">Whether it is <c>OPEN</c>.</param>
    public async Task<EventsAnswer> CallAsync(OriginCall call, bool isOpening)
    {
        var cut = new CancellationTokenSource();
        _cut = cut;
        var body = new WholeBody(call.Events);
        _deadline.Set(HeadTime());
        try
        {
            using var message = _requests.Make(call, body, _meta);
            _asked = _requests.Meter?.Mark(message, OriginRequestKind.WebSocketOverHttp, CancellationToken.None);
            using var response = await _client.SendAsync(message, cut.Token);
            _progress();
            var answer = await AnswerReader.ReadAsync(
                response, isOpening, _services.Options.MaxResponseHeaders, _meta, _progress, cut.Token);
            if (answer.Failure == OverHttpFailure.InvalidHead)
                _requests.Meter?.Metrics.AnswerRefused();
            answer.IsBodyUnused = body.IsWritten;
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            var failure = Judge(e, cut.IsCancellationRequested);
            return new EventsAnswer
            {
                Failure = failure,
                Detail = e.GetBaseException().Message,
                MayRetry = failure == OverHttpFailure.Unreached || (failure != OverHttpFailure.Blocked && !body.IsWritten),
                IsBodyUnused = body.IsWritten,
            };
        }
        finally
        {
            _deadline.Clear();
            _cut = null;
        }
    }

    /// <summary>Nobody waits for answers any more: from now on they have little time, the one under way too.</summary>
    public void Hurry()
    {
        _hurries = true;
        _deadline.Advance(HurryTime);
    }

    /// <summary>No request will follow, and nobody wants the answer to one that is under way.</summary>
    public void Stop()
    {
        _deadline.Stop();
        _asked?.Abandon();
        Cut();
    }

    // What happens by it is more than the wheel can wait for, and calls back into the connection.
    private void Cut()
    {
        if (_cut is { } cut)
            ThreadPool.UnsafeQueueUserWorkItem(static cut => cut.Cancel(), cut, preferLocal: false);
    }

    private TimeSpan HeadTime()
    {
        var options = _services.Options;
        if (_hurries)
            return HurryTime;
        var isLimited = options.ResponseTimeout != Timeout.InfiniteTimeSpan
            && (options.IdleTimeout == Timeout.InfiniteTimeSpan || options.ResponseTimeout < options.IdleTimeout);
        return isLimited ? options.ResponseTimeout : options.IdleTimeout;
    }

    private static OverHttpFailure Judge(Exception exception, bool isLate)
    {
        if (isLate)
            return OverHttpFailure.TimedOut;
        if (OriginFailure.IsBlocked(exception))
            return OverHttpFailure.Blocked;
        var isUnreached = OriginFailure.IsUnreached(exception) || exception is OperationCanceledException { InnerException: TimeoutException };
        return isUnreached ? OverHttpFailure.Unreached : OverHttpFailure.Broken;
    }
}
