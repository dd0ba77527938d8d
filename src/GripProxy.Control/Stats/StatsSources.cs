using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;

namespace GripProxy.Control.Stats;

/// <summary>What the stats stream tells about. Immutable.</summary>
/// <param name="Traffic">What passes.</param>
/// <param name="Connections">Who is connected.</param>
/// <param name="Subscriptions">Who listens to what.</param>
internal sealed record StatsSources(TrafficBook Traffic, LiveConnections Connections, SubscriptionTable Subscriptions);
