using GripProxy.Control.Access;
using GripProxy.Control.Diagnostics;
using GripProxy.Control.Health;
using GripProxy.Control.Inspect;
using GripProxy.Control.Metrics;
using GripProxy.Control.Publish;
using GripProxy.Control.Stats;
using GripProxy.Control.Zmtp;
using GripProxy.Security.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control;

/// <summary>Registers the control port.</summary>
public static class ControlServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="ControlPipeline"/>, <see cref="Readiness"/>, the ZeroMQ doors with <see cref="StatsSocket"/>, and the <see cref="ControlAuthorizer"/> of the options' keys. Needs the
    /// channels, the directory of connections and logging. The pipeline throws <see cref="InvalidOperationException"/> when it is made if a key cannot be used, which
    /// <see cref="ControlOptions.Read"/> found before.
    /// </summary>
    public static IServiceCollection AddGripControl(this IServiceCollection services, ControlOptions options)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options);
        services.TryAddSingleton(Authorizer);
        services.TryAddSingleton<Readiness>();
        services.TryAddSingleton<ControlMetrics>();
        services.TryAddSingleton<ControlAuthentication>();
        services.TryAddSingleton<PublishRequestReader>();
        services.TryAddSingleton<PublishEndpoint>();
        services.TryAddSingleton<RecoverEndpoint>();
        services.TryAddSingleton<HealthEndpoint>();
        services.AddOwnPaths();
        services.TryAddSingleton<ControlParts>();
        services.TryAddSingleton(provider => new ControlPipeline(
            provider.GetRequiredService<ControlParts>(),
            provider.GetRequiredService<ControlOptions>(),
            provider.GetRequiredService<ILogger<ControlPipeline>>()));
        return services.AddZmtpDoors().AddStatsStream().AddMetricsPage();
    }

    private static ControlAuthorizer Authorizer(IServiceProvider provider)
    {
        var keys = provider.GetRequiredService<ControlOptions>().Keys;
        var time = provider.GetRequiredService<TimeProvider>();
        if (!ControlKeys.TryBuild(keys, time, provider.GetRequiredService<ILogger<ControlAuthorizer>>(), out var built, out var problems))
            throw new InvalidOperationException("a key of the control port cannot be used: " + string.Join("; ", problems));
        return new ControlAuthorizer(built, time);
    }
}
