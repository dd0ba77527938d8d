namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>What a set-up file says. Immutable.</summary>
/// <param name="Tenants">The tenants; incomplete where there are problems.</param>
/// <param name="Problems">What is wrong, each with its place.</param>
internal sealed record SetupResult(IReadOnlyList<Tenant> Tenants, IReadOnlyList<string> Problems);
