using GripProxy.Security.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GripProxy.Security;

/// <summary>Registers what this project offers to a host.</summary>
public static class SecurityServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="ControlAuthorizer"/> with these keys (CTL-01). The host reloads by calling <see cref="ControlAuthorizer.Use"/>.
    /// </summary>
    public static IServiceCollection AddGripSecurity(this IServiceCollection services, ControlKeys keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new ControlAuthorizer(keys, provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
