namespace GripProxy.GameDay;

/// <summary>A tenant at the control port of a proxy. Immutable; the token is never written anywhere.</summary>
/// <param name="Admin">The control port.</param>
/// <param name="Token">An operator's token, or empty.</param>
/// <param name="Tenant">Name of the tenant.</param>
public sealed record TenantAccess(Uri Admin, string Token, string Tenant);
