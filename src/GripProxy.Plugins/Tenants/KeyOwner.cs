namespace GripProxy.Plugins.Tenants;

/// <summary>Whose an ingest key is. Immutable.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="IsEnabled">False: the key lets nothing in for now.</param>
internal sealed record KeyOwner(Tenant Tenant, bool IsEnabled);
