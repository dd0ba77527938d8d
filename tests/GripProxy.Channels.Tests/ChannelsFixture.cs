using GripProxy.Channels.Backplane;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Timing;
using GripProxy.Channels.Tracing;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Items;
using GripProxy.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Channels.Tests;

/// <summary>A table and a pipeline under a clock that the test moves.</summary>
internal sealed class ChannelsFixture : IDisposable
{
    public ChannelsFixture(ChannelsOptions? options = null, ILoggerFactory? logs = null)
    {
        options ??= new ChannelsOptions { IdCacheTtl = TimeSpan.FromSeconds(60) };
        Wheel = new TimerWheel(Time);
        Table = new SubscriptionTable(options, Wheel, Time);
        Log = new MemoryChannelLog(options, Time);
        Traces = new TraceLog(options, Time);
        Pipeline = new PublishPipeline(Table, options, new LocalBackplane(Log), Traces, new DeliveryInstruments(Metrics.Factory, Traffic, Time), logs ?? NullLoggerFactory.Instance);
    }

    public MetricsRecorder Metrics { get; } = new(DeliveryInstruments.MeterName);

    public ManualTime Time { get; } = new();

    public TrafficBook Traffic { get; } = new();

    public TimerWheel Wheel { get; }

    public SubscriptionTable Table { get; }

    public MemoryChannelLog Log { get; }

    public TraceLog Traces { get; }

    public PublishPipeline Pipeline { get; }

    public static Item StreamItem(string? id, string? prevId = null, bool noSequence = false, string channel = "c") => new()
    {
        Channel = channel,
        Id = id,
        PrevId = prevId,
        NoSequence = noSequence,
        HttpStream = new HttpStreamFormat { Content = "x"u8.ToArray() },
        HttpResponse = new HttpResponseFormat { Body = "x"u8.ToArray() },
    };

    public void Publish(string? id, string? prevId = null, bool noSequence = false, string channel = "c") =>
        Pipeline.Publish([StreamItem(id, prevId, noSequence, channel)]);

    public void Dispose()
    {
        Pipeline.Dispose();
        Log.Dispose();
        Wheel.Dispose();
        Metrics.Dispose();
    }
}
