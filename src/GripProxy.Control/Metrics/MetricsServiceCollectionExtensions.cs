using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GripProxy.Control.Metrics;

/// <summary>Registers the metrics page.</summary>
internal static class MetricsServiceCollectionExtensions
{
    /// <summary>Adds <see cref="MetricsPage"/>, which listens to the instruments from the moment it is first asked for.</summary>
    public static IServiceCollection AddMetricsPage(this IServiceCollection services)
    {
        services.TryAddSingleton<MetricStore>();
        services.TryAddSingleton<PushpinMetrics>();
        services.TryAddSingleton(static provider => new MetricsPage(
            provider.GetRequiredService<PushpinMetrics>(), provider.GetRequiredService<MetricStore>()));
        return services;
    }
}
