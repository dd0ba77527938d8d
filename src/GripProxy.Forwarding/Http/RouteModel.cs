using GripProxy.Forwarding.Diagnostics;
using GripProxy.Forwarding.Headers;
using GripProxy.Protocol.Routes;
using GripProxy.Security;

namespace GripProxy.Forwarding.Http;

/// <summary>A route, ready to be used: what is computed from its line once. Immutable.</summary>
internal sealed class RouteModel(RouteConfig config, GripSigner? signer, OriginTarget[] targets, OriginMeter? meter = null)
{
    /// <summary>What the routes file says.</summary>
    public RouteConfig Config => config;

    /// <summary>Signs requests, or null: they go out unsigned (HTTP-03).</summary>
    public GripSigner? Signer => signer;

    /// <summary>Measures requests to its targets, or null: they are not measured.</summary>
    public OriginMeter? Meter => meter;

    /// <summary>Value of <c>Grip-Feature</c> (HTTP-06).</summary>
    public string Features { get; init; } = RequestHeaderRules.Features;

    /// <summary>True if it stands in no file and leads to nothing but its own targets.</summary>
    public bool IsInner { get; init; }

    /// <summary>Targets in the order they are tried.</summary>
    public OriginTarget[] Targets => targets;

    /// <summary>True if a target speaks WebSocket-over-HTTP.</summary>
    public bool HasOverHttp { get; } = Array.Exists(targets, static target => target.Config.OverHttp);

    /// <summary>True if the route sets or removes the request header of that name (RTE-21).</summary>
    public bool Overrides(string name)
    {
        var headers = config.Headers;
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
