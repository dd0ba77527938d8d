namespace GripProxy.Channels.Publishing;

/// <summary>Names of channels on which the proxy itself publishes.</summary>
public static class OwnChannels
{
    /// <summary>How the channels with live numbers begin, an item a second for those who look.</summary>
    public const string Live = "$dashboard-";
}
