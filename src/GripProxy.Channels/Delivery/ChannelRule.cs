namespace GripProxy.Channels.Delivery;

/// <summary>What <c>[channel:PATTERN]</c> says about a channel. Immutable.</summary>
/// <param name="Pattern">Channel names it applies to, <c>*</c> for any characters.</param>
/// <param name="Overflow">What happens when a connection's queue is full.</param>
/// <param name="QueueBytes">How many bytes may wait for one connection.</param>
public sealed record ChannelRule(string Pattern, OverflowPolicy Overflow, int QueueBytes)
{
    /// <summary>The rule of channels that no section names: end slow connections at 256 KiB, so that no loss is silent.</summary>
    public static ChannelRule Default { get; } = new("*", OverflowPolicy.Close, 262_144);
}
