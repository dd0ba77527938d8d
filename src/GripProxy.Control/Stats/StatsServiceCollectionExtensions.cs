using GripProxy.Control.Inspect;
using GripProxy.Control.Zmtp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GripProxy.Control.Stats;

/// <summary>Registers the stats stream.</summary>
internal static class StatsServiceCollectionExtensions
{
    /// <summary>Adds <see cref="StatsStream"/>, with the stats socket and <c>/v1/stats</c> as its readers.</summary>
    public static IServiceCollection AddStatsStream(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => provider.GetRequiredService<ControlOptions>().Stats);
        services.TryAddSingleton<StatsSources>();
        services.TryAddSingleton(static provider =>
        {
            var feed = new StatsFeed();
            feed.Add(new SocketSink(provider.GetRequiredService<StatsSocket>(), provider.GetRequiredService<StatsOptions>()));
            return feed;
        });
        services.TryAddSingleton(static provider => new StatsStream(
            provider.GetRequiredService<StatsSources>(),
            provider.GetRequiredService<StatsFeed>(),
            provider.GetRequiredService<StatsOptions>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IOwnEndpoint, StatsEndpoint>());
        return services;
    }
}
