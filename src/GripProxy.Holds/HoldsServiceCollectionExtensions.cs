using GripProxy.Channels.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GripProxy.Holds;

/// <summary>Registers the holds.</summary>
public static class HoldsServiceCollectionExtensions
{
    /// <summary>Adds the keeper of held requests, which is the <see cref="IConnectionDirectory"/> too. Needs <c>AddGripChannels</c> and logging.</summary>
    public static IServiceCollection AddGripHolds(this IServiceCollection services, HoldsOptions options)
    {
        services.TryAddSingleton(options);
#pragma warning disable RS0030 // The one place where randomness enters the product: a thread-safe source for everyone.
        services.TryAddSingleton(Random.Shared);
#pragma warning restore RS0030
        services.TryAddSingleton<HoldKeeper>();
        services.TryAddSingleton<IConnectionDirectory>(provider => provider.GetRequiredService<HoldKeeper>());
        return services;
    }
}
