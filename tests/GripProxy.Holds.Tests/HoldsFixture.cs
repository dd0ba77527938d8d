using System.IO.Pipelines;
using System.Text;
using GripProxy.Channels;
using GripProxy.Channels.Backplane;
using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Timing;
using GripProxy.Channels.Tracing;
using GripProxy.Channels.Traffic;
using GripProxy.Holds.Tests.Resuming;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.Items;
using GripProxy.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GripProxy.Holds.Tests;

/// <summary>A keeper with its channels under a clock that the test moves.</summary>
internal sealed class HoldsFixture : IDisposable
{
    public HoldsFixture(ChannelsOptions? channels = null, HoldsOptions? holds = null, ILoggerFactory? logs = null)
    {
        channels ??= new ChannelsOptions { UpdateOnFirstSubscription = false };
        Wheel = new TimerWheel(Time);
        Table = new SubscriptionTable(channels, Wheel, Time);
        var instruments = new DeliveryInstruments(Metrics.Factory, Traffic, Time);
        Log = new MemoryChannelLog(channels, Time);
        Traces = new TraceLog(channels, Time);
        Backplane = new LocalBackplane(Log);
        Pipeline = new PublishPipeline(Table, channels, Backplane, Traces, instruments, NullLoggerFactory.Instance);
        Keeper = new HoldKeeper(Table, Backplane, Reading = new LogThatFails(Log), holds ?? new HoldsOptions(), new Random(1), instruments, logs ?? NullLoggerFactory.Instance);
    }

    public MetricsRecorder Metrics { get; } = new(DeliveryInstruments.MeterName);

    public IBackplane Backplane { get; }

    public ManualTime Time { get; } = new();

    public TrafficBook Traffic { get; } = new();

    public TimerWheel Wheel { get; }

    public SubscriptionTable Table { get; }

    public MemoryChannelLog Log { get; }

    /// <summary>The log as the holds read it.</summary>
    public LogThatFails Reading { get; }

    public TraceLog Traces { get; }

    public PublishPipeline Pipeline { get; }

    public HoldKeeper Keeper { get; }

    public static HoldRequest Request(HoldMode mode, params ChannelInstruct[] channels) => new()
    {
        ConnectionId = "1",
        Url = "http://h/p",
        Instruct = new Instruct
        {
            Hold = mode,
            Channels = channels.Length > 0 ? channels : [Channel("c")],
            Response = new HttpReply(200, "OK", new HeaderList([new HeaderField("X-A", "1")]), "late"u8.ToArray()),
        },
    };

    public static ChannelInstruct Channel(string name, string? prevId = null) => new(name, prevId, []);

    public static HoldRequest WithKeepAlive(HoldRequest request, int seconds, KeepAliveMode mode) => request with
    {
        Instruct = request.Instruct with { KeepAlive = new KeepAlive("K"u8.ToArray(), TimeSpan.FromSeconds(seconds), mode) },
    };

    public void PublishResponse(string body, string channel = "c", string? id = null, ItemAction action = ItemAction.Send) => Pipeline.Publish(
        [new Item { Channel = channel, Id = id, HttpResponse = new HttpResponseFormat { Action = action, Body = Encoding.UTF8.GetBytes(body) } }]);

    public void PublishStream(string content, string channel = "c", ItemAction action = ItemAction.Send) => Pipeline.Publish(
        [new Item { Channel = channel, HttpStream = new HttpStreamFormat { Action = action, Content = Encoding.UTF8.GetBytes(content) } }]);

    /// <summary>Reads from a stream until the text so far ends with <paramref name="end"/>, or until the stream ends.</summary>
    public static async Task<string> ReadUntilAsync(PipeReader reader, string end)
    {
        while (true)
        {
            var read = await reader.ReadAsync();
            var text = Encoding.UTF8.GetString(read.Buffer);
            if (read.IsCompleted || text.EndsWith(end, StringComparison.Ordinal))
            {
                reader.AdvanceTo(read.Buffer.End);
                return text;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public void Dispose()
    {
        Pipeline.Dispose();
        Log.Dispose();
        Wheel.Dispose();
        Metrics.Dispose();
    }
}
