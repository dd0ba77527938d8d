using System.Security.Cryptography;
using GripProxy.Channels.Delivery;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Channels;

/// <summary>Settings of channels and publishing (CFG-13, own-config.md).</summary>
public sealed class ChannelsOptions
{
    // The ring is made at the start; more would be a slip of the pen.
    private const int MaxTraceItems = 1_000_000;

    /// <summary>
    /// How long an item waits for its predecessor (PUB-31). 5 s as in Pushpin: longer than publishers usually reorder, short enough to notice.
    /// </summary>
    public TimeSpan MessageWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an id is remembered against duplicates (PUB-30). Zero is off, as in a Pushpin file without the key.</summary>
    public TimeSpan IdCacheTtl { get; init; }

    /// <summary>How long a channel outlives its last response hold. 60 s as in Pushpin: a client between two polls is still a client.</summary>
    public TimeSpan SubscriptionLinger { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Ask the origin again a second after a channel became new here (HTTP-36). True as in Pushpin, for publishers that only learn of a
    /// channel when somebody subscribes.
    /// </summary>
    public bool UpdateOnFirstSubscription { get; init; } = true;

    /// <summary>
    /// Deliveries (one item at one connection) per second to all clients together (PUB-32). Zero is no limit, as in a Pushpin file without the
    /// key: a cap makes everybody late, and what a connection may keep waiting is bounded anyway.
    /// </summary>
    public int MessageRate { get; init; }

    /// <summary>
    /// How many deliveries may wait for the connections of one route because of <see cref="MessageRate"/> (PUB-32). Zero is no limit, as in a
    /// Pushpin file without the key.
    /// </summary>
    public int MessageHwm { get; init; }

    /// <summary>Bytes of a block: a delivery counts as many messages as it has blocks (PUB-33). Zero: each counts one.</summary>
    public int MessageBlockSize { get; init; }

    /// <summary>The <c>[channel:PATTERN]</c> sections in file order. None: <see cref="ChannelRule.Default"/> for all.</summary>
    public IReadOnlyList<ChannelRule> Rules { get; init; } = [];

    /// <summary>Messages whose trace is kept (CTL-09). Zero is off, the default: a trace takes up to some 15 KB, and noting it costs time.</summary>
    public int TraceItems { get; init; }

    /// <summary>Patterns of channels whose messages are kept as traces. All, unless said.</summary>
    public IReadOnlyList<string> TraceChannels { get; init; } = ["*"];

    /// <summary>This node's name in receipts and lists (own-config.md <c>[cluster] node</c>). Read: host name and four random characters, so that no two are equal.</summary>
    public string Node { get; init; } = "local";

    /// <summary>Reads the settings; problems are gathered in <paramref name="settings"/>.</summary>
    public static ChannelsOptions Read(Settings settings) => new()
    {
        MessageWait = TimeSpan.FromMilliseconds(settings.Int("handler", "message_wait", 5000, min: 0)),
        IdCacheTtl = TimeSpan.FromSeconds(settings.Int("handler", "id_cache_ttl", 0, min: 0)),
        SubscriptionLinger = TimeSpan.FromSeconds(settings.Int("handler", "subscription_linger", 60, min: 0)),
        UpdateOnFirstSubscription = settings.Bool(
            "handler", "update_on_first_subscription", fallback: !IsClustered(settings)),
        MessageRate = ReadRate(settings),
        MessageHwm = Math.Max(0, settings.Int("handler", "message_hwm", -1, min: -1)),
        MessageBlockSize = Math.Max(0, settings.Int("handler", "message_block_size", -1, min: -1)),
        TraceItems = settings.Int("control", "trace_items", 0, min: 0, max: MaxTraceItems),
        TraceChannels = settings.Has("control", "trace_channels") ? settings.List("control", "trace_channels") : ["*"],
        Node = settings.Text("cluster", "node") is { Length: > 0 } node ? node : MakeNodeName(),
        Rules = [.. settings.Names("channel").Select(name => ReadRule(settings, name))],
    };

    // With a backplane no publisher needs to learn of a channel first.
    private static bool IsClustered(Settings settings) => settings.Text("cluster", "redis") is { Length: > 0 };

    private static string MakeNodeName() => $"{Environment.MachineName}-{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", 4)}";

    private static int ReadRate(Settings settings)
    {
        var rate = Math.Max(0, settings.Int("handler", "message_rate", -1, min: -1));
        if (rate > 0 && settings.Int("handler", "message_hwm", -1, min: -1) <= 0)
        {
            settings.Report(ConfigSeverity.Warning, "handler", "message_rate",
                "message_rate without message_hwm: what is published faster than that waits without a limit; add message_hwm=25000");
        }

        return rate;
    }

    private static ChannelRule ReadRule(Settings settings, string pattern)
    {
        var section = "channel:" + pattern;
        var fallback = ChannelRule.Default;
        return new ChannelRule(pattern, ReadOverflow(settings, section), settings.Int(section, "queue_bytes", fallback.QueueBytes, min: 1))
        {
            LogItems = settings.Int(section, "log_items", fallback.LogItems, min: 0),
            LogBytes = settings.Int(section, "log_bytes", (int)fallback.LogBytes, min: 1),
            LogAge = TimeSpan.FromSeconds(settings.Int(section, "log_age", (int)fallback.LogAge.TotalSeconds, min: 1)),
            Latest = settings.Bool(section, "latest", fallback.Latest),
        };
    }

    private static OverflowPolicy ReadOverflow(Settings settings, string section)
    {
        var text = settings.Text(section, "overflow", "close");
        switch (text)
        {
            case "close":
                return OverflowPolicy.Close;
            case "drop-oldest":
                return OverflowPolicy.DropOldest;
            case "drop-newest":
                return OverflowPolicy.DropNewest;
            default:
                settings.Report(ConfigSeverity.Error, section, "overflow", $"overflow is '{text}', expected close, drop-oldest or drop-newest");
                return OverflowPolicy.Close;
        }
    }
}
