using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Health;
using GripProxy.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Proxy;

/// <summary>A running proxy's place among other nodes.</summary>
internal static class ClusterPart
{
    // A Redis that is there answers within this; one that is not shall not keep the clients waiting.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Waits a while for Redis, so that the first clients find a whole cluster. Without Redis the node serves its own clients. Does nothing where there is
    /// no cluster.
    /// </summary>
    public static async Task JoinAsync(IServiceProvider services)
    {
        if (services.GetService<RedisBackplane>() is not { } backplane)
            return;
        var readiness = services.GetRequiredService<Readiness>();
        readiness.Set(ReadinessReason.Backplane);
        backplane.ReadyChanged = isReady =>
        {
            if (isReady)
                readiness.Clear(ReadinessReason.Backplane);
            else
                readiness.Set(ReadinessReason.Backplane);
        };
        // The pipeline gives itself to the backplane when it is made.
        services.GetRequiredService<PublishPipeline>();
        await backplane.ConnectAsync(services.GetRequiredService<SubscriptionTable>(), Patience);
    }
}
