using GripProxy.Protocol.Configuration;

namespace GripProxy.Holds;

/// <summary>Settings of holds (CFG-13).</summary>
public sealed class HoldsOptions
{
    /// <summary>
    /// Channels of one connection; further ones are ignored with a warning (DIF-44). 20 as in Pushpin: an origin that names more has usually
    /// lost count.
    /// </summary>
    public int MaxSubscriptions { get; init; } = 20;

    /// <summary>Reads the settings; problems are gathered in <paramref name="settings"/>.</summary>
    public static HoldsOptions Read(Settings settings) => new()
    {
        MaxSubscriptions = settings.Int("handler", "connection_subscription_max", 20, min: 0),
    };
}
