namespace GripProxy.Plugins.Admin.Http;

/// <summary>Who asks the admin API, known by its token (plugins-http.md §2). Immutable.</summary>
/// <param name="Name">Name of the token for the audit log; a tenant's as <c>TENANT/NAME</c>.</param>
/// <param name="Tenant">Number of the tenant that it may manage; null: an operator, who may manage everything.</param>
internal sealed record AdminCaller(string Name, int? Tenant)
{
    /// <summary>True for an operator.</summary>
    public bool IsOperator => Tenant is null;

    /// <summary>True if it may manage the tenant.</summary>
    public bool May(int tenant) => Tenant is null || Tenant == tenant;
}
