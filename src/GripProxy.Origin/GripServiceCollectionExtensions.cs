using GripProxy.Origin.Requests;
using GripProxy.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace GripProxy.Origin;

/// <summary>Registers GRIP in an origin.</summary>
public static class GripServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="IGripPublisher"/> for the configured proxies, the keys that <see cref="GripHttpRequestExtensions.Grip"/> checks
    /// with, and UTF-8 for <c>Grip-*</c> response headers. Mistakes in the options stop the start of the application, all in one message.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets the options. Null: all is said by <c>GRIP_URL</c>, <c>verify-key</c> in it included.</param>
    public static IServiceCollection AddGrip(this IServiceCollection services, Action<GripOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<GripOptions>().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<GripOptions>, GripUrlVariable>(
            static provider => new GripUrlVariable(provider.GetService<IConfiguration>())));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GripOptions>, GripOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<KestrelServerOptions>, GripHeaderEncoding>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(CreatePublisher);
        services.TryAddSingleton<IGripPublisher>(static provider => provider.GetRequiredService<GripPublisher>());
        services.TryAddSingleton(CreateTrust);
        return services;
    }

    private static GripPublisher CreatePublisher(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<GripOptions>>().Value;
        return new GripPublisher(
            options.Urls.Select(GripEndpoint.Parse),
            options.PublishTimeout,
            services.GetRequiredService<TimeProvider>(),
            options.PublishAttempts,
            options.RetryDelay);
    }

    private static GripTrust CreateTrust(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<GripOptions>>().Value;
        var time = services.GetRequiredService<TimeProvider>();
        var verifiers = new List<GripSigVerifier>();
        if (options.SigKey is { } text && GripKey.TryRead(text, Environment.CurrentDirectory, out var key, out _))
            verifiers.Add(new GripSigVerifier(key, options.SigIssuer, time));
        foreach (var url in options.Urls)
        {
            if (GripEndpoint.Parse(url).Url is { SigKey: { } sigKey } read)
                verifiers.Add(new GripSigVerifier(sigKey, read.SigIssuer, time));
        }

        return new GripTrust(verifiers);
    }
}
