using System.Net;
using System.Runtime.CompilerServices;
using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Diagnostics;
using GripProxy.Forwarding.Headers;
using GripProxy.Protocol.Routes;
using GripProxy.Security;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace GripProxy.Forwarding.Http;

/// <summary>Makes the model of each route once and keeps it as long as somebody uses the route. Thread-safe.</summary>
internal sealed partial class RouteModels
{
    private readonly ConditionalWeakTable<RouteConfig, RouteModel> _models = [];
    private readonly ConditionalWeakTable<RouteConfig, RouteModel>.CreateValueCallback _create;
    private readonly ForwardingOptions _options;
    private readonly OriginClients _clients;
    private readonly ForwardingMetrics _metrics;
    private readonly TrafficBook _traffic;
    private readonly TimeProvider _time;
    private readonly ILogger<RouteModels> _logger;
    private readonly GripSigner? _signer;

    /// <summary>Makes models with these clients.</summary>
    public RouteModels(
        ForwardingOptions options, OriginClients clients, ForwardingMetrics metrics, TrafficBook traffic, TimeProvider time, ILogger<RouteModels> logger)
    {
        _metrics = metrics;
        _traffic = traffic;
        _options = options;
        _clients = clients;
        _time = time;
        _logger = logger;
        _create = Create;
        _signer = options.SignatureKey is { } key ? MakeSigner(key, options.SignatureIssuer, "[proxy] sig_key") : null;
    }

    /// <summary>The model of a route.</summary>
    public RouteModel Get(RouteConfig route) => _models.GetValue(route, _create);

    /// <summary>A target that stands in no route: the host of a link (HTTP-30).</summary>
    public OriginTarget GetDirect(TargetConfig target) => CreateTarget(target);

    private RouteModel Create(RouteConfig route)
    {
        var targets = new OriginTarget[route.Targets.Count];
        for (var i = 0; i < targets.Length; i++)
            targets[i] = CreateTarget(route.Targets[i]);
        return new RouteModel(route, CreateSigner(route), targets, new OriginMeter(_metrics, _traffic.Of(route.ExplicitId)))
        {
            Features = _options.KeepsLog ? RequestHeaderRules.FeaturesWithLog : RequestHeaderRules.Features,
        };
    }

    private OriginTarget CreateTarget(TargetConfig target)
    {
        var host = target.Host.Contains(':', StringComparison.Ordinal) ? $"[{target.Host}]" : target.Host;
        var exchange = new ForwarderRequestConfig
        {
            ActivityTimeout = _options.IdleTimeout,
            Version = target.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            // Without TLS nothing is negotiated: HTTP/2 is then a promise of the route (own-config.md, h2).
            VersionPolicy = target is { Http2: true, Ssl: true } ? HttpVersionPolicy.RequestVersionOrLower : HttpVersionPolicy.RequestVersionExact,
        };
        var client = target.Kind == TargetKind.Test ? null : _clients.Get(target);
        return new OriginTarget(target, $"{(target.Ssl ? "https" : "http")}://{host}:{target.Port}", client, exchange);
    }

    private GripSigner? CreateSigner(RouteConfig route)
    {
        if (route.SigKey is null)
        {
            return route.SigIssuer is { } issuer && _options.SignatureKey is { } configured
                ? MakeSigner(configured, issuer, route.Origin)
                : _signer;
        }

        if (GripKey.TryRead(route.SigKey, route.BaseDirectory, out var key, out var error) && key is not null)
            return MakeSigner(key, route.SigIssuer ?? _options.SignatureIssuer, route.Origin);
        Log.UnusableKey(_logger, route.Origin, error);
        return null;
    }

    private GripSigner? MakeSigner(GripKey key, string issuer, string origin)
    {
        if (issuer.Length == 0)
            return null;
        try
        {
            return new GripSigner(key, issuer, _time);
        }
        catch (ArgumentException e)
        {
            Log.UnusableKey(_logger, origin, e.Message);
            return null;
        }
    }
}
