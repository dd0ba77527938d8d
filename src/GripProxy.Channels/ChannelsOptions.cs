using GripProxy.Channels.Delivery;
using GripProxy.Protocol.Configuration;

namespace GripProxy.Channels;

/// <summary>Settings of channels and publishing (CFG-13, own-config.md).</summary>
public sealed class ChannelsOptions
{
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

    /// <summary>The <c>[channel:PATTERN]</c> sections in file order. None: <see cref="ChannelRule.Default"/> for all.</summary>
    public IReadOnlyList<ChannelRule> Rules { get; init; } = [];

    /// <summary>Reads the settings; problems are gathered in <paramref name="settings"/>.</summary>
    public static ChannelsOptions Read(Settings settings) => new()
    {
        MessageWait = TimeSpan.FromMilliseconds(settings.Int("handler", "message_wait", 5000, min: 0)),
        IdCacheTtl = TimeSpan.FromSeconds(settings.Int("handler", "id_cache_ttl", 0, min: 0)),
        SubscriptionLinger = TimeSpan.FromSeconds(settings.Int("handler", "subscription_linger", 60, min: 0)),
        UpdateOnFirstSubscription = settings.Bool("handler", "update_on_first_subscription", fallback: true),
        Rules = [.. settings.Names("channel").Select(name => ReadRule(settings, name))],
    };

    private static ChannelRule ReadRule(Settings settings, string pattern)
    {
        var section = "channel:" + pattern;
        return new ChannelRule(pattern, ReadOverflow(settings, section), settings.Int(section, "queue_bytes", ChannelRule.Default.QueueBytes, min: 1));
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
