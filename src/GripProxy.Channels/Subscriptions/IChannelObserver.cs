namespace GripProxy.Channels.Subscriptions;

/// <summary>
/// Hears who listens to what, in the order in which it happens to each channel: for publishers upstream (PUB-22), stats (STA-06) and presence
/// (CTL-11). Every method is called under the lock of the channel's shard: it only enqueues, never waits, never throws and never calls the table.
/// </summary>
public interface IChannelObserver
{
    /// <summary>A channel came into use. Its first <see cref="Changed"/> follows.</summary>
    /// <param name="channel">Full name, route prefix included.</param>
    void Opened(string channel);

    /// <summary>A hold joined or left, or the linger of the response holds is over (<c>subscription_linger</c>).</summary>
    /// <param name="channel">Full name, route prefix included.</param>
    /// <param name="mode">Kind of the hold.</param>
    /// <param name="subscribers">How many of the kind are there now.</param>
    /// <param name="lingers">True if the channel counts as used by this kind although nobody is there: a client between two long-polls.</param>
    void Changed(string channel, SubscriptionMode mode, int subscribers, bool lingers);

    /// <summary>Nobody uses the channel any more, and nothing lingers.</summary>
    /// <param name="channel">Full name, route prefix included.</param>
    void Closed(string channel);
}
