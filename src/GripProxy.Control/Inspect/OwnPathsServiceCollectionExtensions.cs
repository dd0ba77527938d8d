using GripProxy.Control.Events;
using GripProxy.Control.Inspect.Channels;
using GripProxy.Control.Inspect.Cluster;
using GripProxy.Control.Inspect.Connections;
using GripProxy.Control.Inspect.Node;
using GripProxy.Control.Inspect.Tracing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GripProxy.Control.Inspect;

/// <summary>Registers what answers below <c>/v1/</c>.</summary>
internal static class OwnPathsServiceCollectionExtensions
{
    /// <summary>Adds the endpoints, and <see cref="ReloadHandler"/>, <see cref="OtherPaths"/> and <see cref="NodeWork"/> for the host to set.</summary>
    public static IServiceCollection AddOwnPaths(this IServiceCollection services)
    {
        services.TryAddSingleton<EventStreams>();
        services.TryAddSingleton<ReloadHandler>();
        services.TryAddSingleton<OtherNodes>();
        services.TryAddSingleton<OtherPaths>();
        services.TryAddSingleton<NodeWork>();
        services.TryAddSingleton<PresenceFeeds>();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<IOwnEndpoint, ChannelsEndpoint>(),
            ServiceDescriptor.Singleton<IOwnEndpoint, PresenceEndpoint>(),
            ServiceDescriptor.Singleton<IOwnEndpoint, ConnectionsEndpoint>(),
            ServiceDescriptor.Singleton<IOwnEndpoint, CloseEndpoint>(),
            ServiceDescriptor.Singleton<IOwnEndpoint, RefreshEndpoint>(),
            ServiceDescriptor.Singleton<IOwnEndpoint, ConncheckEndpoint>(),
            ServiceDescriptor.Singleton<IOwnEndpoint, TraceEndpoint>(),
            ServiceDescriptor.Singleton<IOwnEndpoint, ReloadEndpoint>(),
            ServiceDescriptor.Singleton<IOwnEndpoint, NodesEndpoint>(),
        ]);
        services.TryAddSingleton<OwnPaths>();
        return services;
    }
}
