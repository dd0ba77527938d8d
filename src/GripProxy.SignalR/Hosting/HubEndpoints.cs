using GripProxy.SignalR.Hubs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GripProxy.SignalR.Hosting;

/// <summary>Takes the two endpoints that SignalR makes for a hub; there is no routing around them. Used once, while the hub is built.</summary>
/// <param name="services">What SignalR needs.</param>
internal sealed class HubEndpoints(IServiceProvider services) : IEndpointRouteBuilder
{
    /// <inheritdoc/>
    public IServiceProvider ServiceProvider => services;

    /// <inheritdoc/>
    public ICollection<EndpointDataSource> DataSources { get; } = [];

    /// <inheritdoc/>
    public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);

    /// <summary>The endpoints by their paths.</summary>
    public static IReadOnlyDictionary<string, Endpoint> Of(string path, IServiceProvider services)
    {
        var endpoints = new HubEndpoints(services);
        endpoints.MapHub<GripHub>(path, static options => options.AllowStatefulReconnects = true);
        return endpoints.DataSources
            .SelectMany(static source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .ToDictionary(static endpoint => endpoint.RoutePattern.RawText ?? "", static endpoint => (Endpoint)endpoint, StringComparer.Ordinal);
    }
}
