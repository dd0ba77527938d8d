using System.Diagnostics.Metrics;
using GripProxy.Control.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Control.Tests.Metrics;

/// <summary>STA-30: how instruments look to Prometheus.</summary>
public sealed class MetricStoreTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Meter _meter;
    private readonly MetricStore _store;

    public MetricStoreTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _meter = meters.Create("GripProxy.Test");
        _store = new MetricStore(meters);
    }

    public void Dispose()
    {
        _store.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Counter_WithLabels_AddsUpPerSeries()
    {
        var counter = _meter.CreateCounter<long>("gripproxy.drops", "{delivery}", "Items lost");
        counter.Add(2, new("transport", "ws"), new("reason", "queue-full"));
        counter.Add(3, new("transport", "ws"), new("reason", "queue-full"));
        counter.Add(1, new("transport", "stream"), new("reason", "queue-full"));
        Assert.Equal(
            """
            # HELP gripproxy_drops_total Items lost
            # TYPE gripproxy_drops_total counter
            gripproxy_drops_total{transport="stream",reason="queue-full"} 1
            gripproxy_drops_total{transport="ws",reason="queue-full"} 5

            """,
            Text());
    }

    [Fact]
    public void Gauge_OfFractions_IsWhatItWasWhenAskedLast()
    {
        var level = 0.5;
        _meter.CreateObservableGauge("gripproxy.level", () => new Measurement<double>(level, new KeyValuePair<string, object?>("of", "a")), description: "A level");
        _ = Text();
        level = 1.25;
        Assert.Equal(
            """
            # HELP gripproxy_level A level
            # TYPE gripproxy_level gauge
            gripproxy_level{of="a"} 1.25

            """,
            Text());
    }

    [Fact]
    public void Counter_OfTwoMeters_IsOneMetric()
    {
        var other = _services.GetRequiredService<IMeterFactory>().Create("GripProxy.Other");
        _meter.CreateCounter<long>("gripproxy.refusals", "{request}", "Refused").Add(1, new KeyValuePair<string, object?>("reason", "a"));
        other.CreateCounter<long>("gripproxy.refusals", "{connection}", "Refused").Add(1, new KeyValuePair<string, object?>("reason", "b"));
        other.CreateCounter<long>("gripproxy.refusals", "{connection}", "Refused").Add(1, new KeyValuePair<string, object?>("reason", "a"));
        Assert.Equal(
            """
            # HELP gripproxy_refusals_total Refused
            # TYPE gripproxy_refusals_total counter
            gripproxy_refusals_total{reason="a"} 2
            gripproxy_refusals_total{reason="b"} 1

            """,
            Text());
    }

    [Fact]
    public void Gauge_ThatIsAskedFor_ShowsOnlyWhatIsThereNow()
    {
        var holds = new Dictionary<string, long>(StringComparer.Ordinal) { ["a"] = 3, ["b"] = 1 };
        _meter.CreateObservableGauge(
            "gripproxy.holds", () => holds.Select(hold => new Measurement<long>(hold.Value, new KeyValuePair<string, object?>("route", hold.Key))), "{connection}", "Held");
        Assert.Contains("gripproxy_holds{route=\"b\"} 1\n", Text(), StringComparison.Ordinal);
        holds.Remove("b");
        holds["a"] = 2;
        Assert.EndsWith("# TYPE gripproxy_holds gauge\ngripproxy_holds{route=\"a\"} 2\n", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Gauge_SameLabelsTwiceInARound_IsTheirSum()
    {
        var label = new KeyValuePair<string, object?>("route", "other");
        _meter.CreateObservableGauge("gripproxy.holds", () => new Measurement<long>[] { new(3, label), new(4, label) });
        Text();
        Assert.Contains("gripproxy_holds{route=\"other\"} 7\n", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Gauge_InBytes_HasTheUnitInItsName()
    {
        _meter.CreateObservableGauge("gripproxy.queue", () => 5L, "By", "Waiting");
        Assert.Contains("gripproxy_queue_bytes 5\n", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Histogram_InSeconds_CountsIntoItsBuckets()
    {
        var histogram = _meter.CreateHistogram(
            "gripproxy.origin", "s", "Time", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.1] });
        var label = new KeyValuePair<string, object?>("outcome", "ok");
        histogram.Record(0.01, label);
        histogram.Record(0.05, label);
        histogram.Record(7, label);
        Assert.Equal(
            """
            # HELP gripproxy_origin_seconds Time
            # TYPE gripproxy_origin_seconds histogram
            gripproxy_origin_seconds_bucket{outcome="ok",le="0.01"} 1
            gripproxy_origin_seconds_bucket{outcome="ok",le="0.1"} 2
            gripproxy_origin_seconds_bucket{outcome="ok",le="+Inf"} 3
            gripproxy_origin_seconds_sum{outcome="ok"} 7.06
            gripproxy_origin_seconds_count{outcome="ok"} 3

            """,
            Text());
    }

    [Fact]
    public void Labels_WithQuotesAndLineEnds_AreEscaped()
    {
        _meter.CreateCounter<long>("gripproxy.x").Add(1, new KeyValuePair<string, object?>("route", "a\"b\\c\nd"));
        Assert.Contains("""{route="a\"b\\c\nd"} 1""", Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Meters_OfOthers_AreNotShown()
    {
        using var foreign = new Meter("GripProxy.Test");
        foreign.CreateCounter<long>("gripproxy.foreign").Add(1);
        _services.GetRequiredService<IMeterFactory>().Create("Somebody").CreateCounter<long>("somebody").Add(1);
        Assert.Equal("", Text());
    }

    private string Text()
    {
        var text = new MetricText();
        _store.Write(text.Write);
        return text.ToString();
    }
}
