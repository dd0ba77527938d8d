using System.Globalization;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.State;

namespace GripProxy.Plugins.Admin;

/// <summary>Finds what a path names, if its caller may see it. Stateless. What is not there ends the request with 404, what is another tenant's with 403.</summary>
internal sealed class AdminScope(IPluginStateStore store)
{
    /// <summary>The tenant <c>{t}</c> of the path, by name.</summary>
    public TenantRecord Tenant(AdminRequest request)
    {
        var tenant = store.Current.FindTenant(request["t"]);
        // Whether a tenant exists is nothing for the tokens of others.
        if (!request.Caller.IsOperator && (tenant is null || !request.Caller.May(tenant.Number)))
            throw new AdminRefusalException(AdminProblem.NotCovered("the token is for another tenant"));
        return tenant ?? throw new AdminRefusalException(AdminProblem.NotFound($"there is no tenant {request["t"]}"));
    }

    /// <summary>The install <c>{id}</c> of the path, by number or name.</summary>
    public InstallRecord Install(AdminRequest request, TenantRecord tenant) =>
        Find(store.Current, tenant.Number, request["id"])
        ?? throw new AdminRefusalException(AdminProblem.NotFound($"{tenant.Name} has no plugin {request["id"]}"));

    /// <summary>The package <c>{hash}</c> of the path.</summary>
    public PackageRecord Package(AdminRequest request, TenantRecord tenant) =>
        store.Current.FindPackage(tenant.Number, request["hash"])
        ?? throw new AdminRefusalException(AdminProblem.NotFound($"{tenant.Name} has no package {request["hash"]}"));

    /// <summary>An install by number or name, or null.</summary>
    public static InstallRecord? Find(PluginState state, int tenant, string id) =>
        (int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? state.FindInstall(tenant, number) : null)
        ?? state.InstallsOf(tenant).FirstOrDefault(install => install.Name == id);
}
