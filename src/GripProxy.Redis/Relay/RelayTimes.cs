using GripProxy.Channels;

namespace GripProxy.Redis.Relay;

/// <summary>Times of publishing, as the script has them. Immutable.</summary>
/// <param name="DuplicateMilliseconds">How long an id is remembered; 0: not at all.</param>
/// <param name="WaitMilliseconds">How long an item waits for its predecessor; 0: not at all.</param>
internal sealed record RelayTimes(long DuplicateMilliseconds, long WaitMilliseconds)
{
    /// <summary>How many items may wait on one channel, as in one process.</summary>
    public const int WaitingPlaces = 100;

    /// <summary>As they are configured.</summary>
    public static RelayTimes Of(ChannelsOptions options) => new((long)options.IdCacheTtl.TotalMilliseconds, (long)options.MessageWait.TotalMilliseconds);
}
