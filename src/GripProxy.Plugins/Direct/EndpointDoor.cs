using GripProxy.Plugins.Events;
using GripProxy.Plugins.Events.Ingest;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Site;
using GripProxy.Plugins.Tenants;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace GripProxy.Plugins.Direct;

/// <summary>Leads requests below <c>/p/TENANT/</c> to what the tenant's plugins answer (plugins.md §7.8). Thread-safe.</summary>
/// <param name="tenants">The tenants.</param>
/// <param name="workOf">The plugins of a tenant, or null: nothing of it runs here.</param>
/// <param name="pass">Passes requests on.</param>
internal sealed class EndpointDoor(TenantDirectory tenants, Func<int, TenantWork?> workOf, OriginPass pass)
{
    /// <summary>What the paths begin with.</summary>
    public const string Prefix = "/p/";

    /// <summary>True if requests of a path are answered here.</summary>
    public static bool Answers(string path) => path.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Answers a request to its end, holds included.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var path = EndpointPath.Read(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        // Nothing here speaks WebSocket; what else a client offers to speak need not be taken up (RFC 9110 7.8).
        var upgrades = HttpMethods.IsConnect(context.Request.Method) || IsWebSocket(context.Request.Headers[HeaderNames.Upgrade]);
        if (path is null || upgrades || tenants.ByName(path.Tenant) is not { Enabled: true } tenant || workOf(tenant.Number) is not { } work)
            return IngestReply.WriteAsync(context, NotFound);
        if (SiteDoor.Answers(path.Name) && work.Site is { } site)
            return site.HandleAsync(context, path);
        return work.Origin is { } origin ? pass(context, origin, tenant.ChannelPrefix, $"plugin {path.Name}") : IngestReply.WriteAsync(context, NotFound);
    }

    private static bool IsWebSocket(IEnumerable<string?> offered) => offered.Any(static line => line?.Contains("websocket", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>The answer to what is not there, whatever the reason (PLG-34).</summary>
    public static EventProblem NotFound { get; } = new(404, "not_found", "there is nothing here");
}
