using System.Diagnostics;
using System.Diagnostics.Metrics;
using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Answers;

namespace GripProxy.Forwarding.Diagnostics;

/// <summary>
/// Measures requests to origins, and counts what forwarding refuses because of a limit (STA-30). Thread-safe; costs next to nothing while nobody
/// listens.
/// </summary>
internal sealed class ForwardingMetrics
{
    /// <summary>Name of the meter and of the source of spans.</summary>
    public const string MeterName = "GripProxy.Forwarding";

    /// <summary>Makes the spans of requests to origins.</summary>
    public static readonly ActivitySource Spans = new(MeterName);

    // Seconds: origins answer in milliseconds, or think.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private readonly Counter<long> _refusals;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _latency;
    private readonly TrafficBook _book;
    private readonly TimeProvider _time;

    /// <summary>Makes the instruments.</summary>
    public ForwardingMetrics(IMeterFactory meters, TrafficBook book, TimeProvider time)
    {
        // The factory owns the meter and disposes of it.
        var meter = meters.Create(MeterName);
        _refusals = meter.CreateCounter<long>("gripproxy.refusals", unit: "{request}", "Requests refused, by reason.");
        _requests = meter.CreateCounter<long>("gripproxy.origin.requests", "{request}", "Requests to origins");
        _latency = meter.CreateHistogram("gripproxy.origin", "s", "Time from a request to an origin until the head of its answer", tags: null, Buckets);
        _book = book;
        _time = time;
    }

    /// <summary>True while somebody wants to know of requests to origins.</summary>
    public bool IsOn => _requests.Enabled || _latency.Enabled || _book.CountsBytes || Spans.HasListeners();

    /// <summary>Now, for <see cref="Ended"/>.</summary>
    public long Now() => _time.GetTimestamp();

    /// <summary>Counts a request that goes out.</summary>
    /// <param name="route">The route's label.</param>
    /// <param name="kind">Why.</param>
    public void Asked(string route, OriginRequestKind kind) => _requests.Add(1, new("route", route), new("kind", kind.Word()));

    /// <summary>Notes how a request went.</summary>
    /// <param name="route">The route's label.</param>
    /// <param name="outcome">How.</param>
    /// <param name="since">When it went out.</param>
    public void Ended(string route, OriginOutcome outcome, long since) =>
        _latency.Record(_time.GetElapsedTime(since).TotalSeconds, new("route", route), new("outcome", outcome.Word()));

    /// <summary>A SockJS session was not begun: there are too many.</summary>
    public void TooManySockJsSessions() => Refused("sockjs-sessions");

    /// <summary>An origin's instruct was not taken (HTTP-19): a channel's name is too long, JSON is too deep, or it is wrong otherwise.</summary>
    public void InstructRefused() => Refused("invalid_instruct");

    /// <summary>An origin's answer was not taken: its head has too many headers, or is not sound otherwise.</summary>
    public void AnswerRefused() => Refused("invalid_answer");
    /// <summary>A request's body breaks a limit.</summary>
    public void BodyRefused(RequestError error) => Refused(error == RequestError.BodyTooLarge ? "body" : "body_rate");

    private void Refused(string reason) => _refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
