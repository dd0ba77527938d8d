using GripProxy.Channels.Subscriptions;

namespace GripProxy.Holds;

/// <summary>A channel of a hold: the name that the origin used, and the place on it. Immutable.</summary>
/// <param name="Name">Channel name without route prefix.</param>
/// <param name="Subscription">The place on the channel.</param>
internal readonly record struct HeldChannel(string Name, Subscription Subscription)
{
    /// <summary>The place on the channel of that full name, or null.</summary>
    public static HeldChannel? Find(ReadOnlySpan<HeldChannel> places, string fullName)
    {
        foreach (var held in places)
        {
            if (held.Subscription.Channel == fullName)
                return held;
        }

        return null;
    }
}
