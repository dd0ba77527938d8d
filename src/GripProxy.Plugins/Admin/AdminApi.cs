using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Admin.Resources;

namespace GripProxy.Plugins.Admin;

/// <summary>All endpoints of the admin API (plugins-http.md §4). Stateless.</summary>
internal static class AdminApi
{
    // Known before there is anything to make them of.
    private static readonly string[] Names = ["audit", "cells", "config", "functions", "queue", "state", "switches", "tenants"];

    /// <summary>True if a path is one of theirs, or of functions.</summary>
    public static bool Serves(string path) => path.StartsWith("/v1/", StringComparison.Ordinal) && Names.Contains(path.Split('/')[2], StringComparer.Ordinal);

    /// <summary>Makes them.</summary>
    public static IEnumerable<AdminEndpoint> Endpoints(AdminParts parts)
    {
        var scope = new AdminScope(parts.Store);
        var changes = new AdminChanges(parts.Store, parts.AppliedAsync, parts.Time);
        var shown = new InstallJson(parts);
        var packages = new PackageResource(parts, scope, changes);
        return
        [
            .. new TenantResource(parts, scope, changes).Endpoints,
            .. new KeyResource(parts, scope, changes).Endpoints,
            .. packages.Endpoints,
            .. new InstallResource(parts, scope, changes, shown, packages).Endpoints,
            .. new ConfigResource(parts, scope, changes, shown).Endpoints,
            .. new TrialResource(parts, scope).Endpoints,
            .. new LogResource(parts, scope).Endpoints,
            .. new MetricsResource(parts, scope).Endpoints,
            .. new DeadLetterResource(parts, scope, changes).Endpoints,
            .. new WorkResource(parts, scope, changes).Endpoints,
            .. new RunResource(parts, scope, changes).Endpoints,
            .. new EventResource(parts, scope, changes).Endpoints,
            .. new StorageResource(parts, scope, changes).Endpoints,
            .. new NodeResource(parts, changes).Endpoints,
            .. new SwitchResource(parts, changes).Endpoints,
            .. new SetupResource(parts, changes).Endpoints,
        ];
    }
}
