using System.Text.Json.Nodes;
using GripProxy.Plugins.Direct;
using GripProxy.Plugins.Events.Ingest;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Tenants;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Plugins.Site;

/// <summary>
/// Serves a tenant's script for web pages, where it is and what is enabled now (PLG-36). Anybody may read all of it, so it tells nothing of plugins that have no
/// part in pages. Thread-safe.
/// </summary>
/// <param name="site">The scripts.</param>
/// <param name="statuses">What has become of the installs.</param>
internal sealed class SiteDoor(TenantSite site, Func<IReadOnlyCollection<InstallStatus>> statuses)
{
    private const string Script = "site.js";
    private const string Folder = "site";
    private const string State = "state.json";
    private const string Ending = ".js";

    /// <summary>True if what stands behind a tenant's name is served here. An install of such a name is reached by its number.</summary>
    public static bool Answers(string name) => name is Script or Folder or State;

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context, EndpointPath path)
    {
        var response = context.Response;
        // Pages of other sites use it too; nothing of it is anybody's own.
        response.Headers.AccessControlAllowOrigin = "*";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.Headers.Allow = "GET, HEAD";
            await IngestReply.WriteAsync(context, new Events.EventProblem(405, "method_not_allowed", "this can only be read"));
        }
        else if (path is { Name: State, Rest: "/" })
        {
            response.Headers.CacheControl = "no-store";
            await IngestReply.WriteAsync(context, StatusCodes.Status200OK, await DescribeAsync(path));
        }
        else if (path is { Name: Script, Rest: "/" })
        {
            response.Headers.CacheControl = "no-cache";
            response.StatusCode = StatusCodes.Status302Found;
            response.Headers.Location = Url(path.Tenant, await site.BundleAsync());
        }
        else if (path.Name == Folder && path.Rest.EndsWith(Ending, StringComparison.Ordinal) && await site.FindAsync(path.Rest[1..^Ending.Length]) is { } bundle)
        {
            response.Headers.CacheControl = "public, max-age=31536000, immutable";
            response.Headers.XContentTypeOptions = "nosniff";
            response.ContentType = "text/javascript; charset=utf-8";
            response.ContentLength = bundle.Script.Length;
            if (HttpMethods.IsGet(context.Request.Method))
                await response.Body.WriteAsync(bundle.Script);
        }
        else
        {
            await IngestReply.WriteAsync(context, EndpointDoor.NotFound);
        }
    }

    private static string Url(string tenant, SiteBundle bundle) => $"{EndpointDoor.Prefix}{Uri.EscapeDataString(tenant)}/{Folder}/{bundle.Hash}{Ending}";

    private async Task<JsonObject> DescribeAsync(EndpointPath path)
    {
        var running = statuses().Where(static status => status.MayRun).Select(static status => status.Install.Number).ToHashSet();
        return new JsonObject
        {
            ["script"] = Url(path.Tenant, await site.BundleAsync()),
            ["plugins"] = new JsonArray([.. site.Installs.Select(install => new JsonObject
            {
                ["id"] = install.Number,
                ["name"] = install.Name,
                ["enabled"] = running.Contains(install.Number),
                ["config"] = PublicConfig(install),
            })]),
        };
    }

    // What the plugin does not declare may be as secret as what it says is.
    private static JsonObject PublicConfig(Install install) => new(install.Package.Manifest.Config
        .Where(field => !field.Secret && field.Type != "attachment" && install.Config.ContainsKey(field.Key))
        .Select(field => KeyValuePair.Create(field.Key, install.Config[field.Key]?.DeepClone())));
}
