using System.Text.Json;
using GripProxy.SignalR.Access;
using GripProxy.SignalR.Hosting;
using GripProxy.SignalR.Hubs;
using GripProxy.SignalR.Protocols;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace GripProxy.SignalR;

/// <summary>The hub for SignalR clients (SIG-01): an endpoint of the client listeners, in front of routing. Thread-safe.</summary>
public sealed class SignalRServer : IAsyncDisposable
{
    private const string Negotiate = "/negotiate";

    private readonly ServiceProvider _services;
    private readonly HubHostLifetime _lifetime = new();
    private readonly IHubGate _gate;
    private readonly IReadOnlyDictionary<string, Endpoint> _endpoints;

    /// <summary>Builds it; it serves at once.</summary>
    public SignalRServer(SignalROptions options, SignalRParts parts)
    {
        _gate = options.ByToken ? new TokenGate(parts) : new OriginGate(parts);
        var json = new JsonHubProtocol(Options.Create(new JsonHubProtocolOptions
        {
            PayloadSerializerOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = HubJson.Default },
        }));
        var services = new ServiceCollection();
        // What goes wrong in calls of clients is the affair of clients; what goes wrong here, the hub says itself.
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddMetrics();
        services.AddRoutingCore();
        services.AddSingleton<IHostApplicationLifetime>(_lifetime);
        services.AddSignalR();
        services.RemoveAll<IHubProtocol>();
        services.AddSingleton<IHubProtocol>(new ItemProtocol(json));
        services.AddSingleton<IHubProtocol>(new ItemProtocol(new PackProtocol()));
        services.AddSingleton<HubLifetimeManager<GripHub>>(new HubLifetime(new HubFramings([new JsonFraming(), new PackFraming()])));
        var logger = parts.Logs.CreateLogger<GripHub>();
        services.AddTransient(_ => new GripHub(_gate, logger));
        _services = services.BuildServiceProvider();
        _endpoints = HubEndpoints.Of(options.Path, _services);
    }

    /// <summary>True if a request is the hub's.</summary>
    public bool Takes(HttpContext context) => _endpoints.ContainsKey(context.Request.Path.Value ?? "");

    /// <summary>Handles a request of the hub to its end.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (path.EndsWith(Negotiate, StringComparison.Ordinal) && _gate.Refuse(context) is { } refusal)
            return RefuseAsync(context.Response, refusal);
        context.RequestServices = _services;
        var endpoint = _endpoints[path];
        context.SetEndpoint(endpoint);
        return endpoint.RequestDelegate?.Invoke(context) ?? Task.CompletedTask;
    }

    /// <summary>Ends what is connected, and takes nothing more.</summary>
    public async ValueTask DisposeAsync()
    {
        _lifetime.StopApplication();
        await _services.DisposeAsync();
        _lifetime.Dispose();
    }

    private static Task RefuseAsync(HttpResponse response, string reason)
    {
        response.StatusCode = StatusCodes.Status401Unauthorized;
        response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        response.ContentType = "text/plain";
        return response.WriteAsync(reason + "\n");
    }
}
