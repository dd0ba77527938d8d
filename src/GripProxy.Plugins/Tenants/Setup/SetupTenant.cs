using System.Text.Json.Nodes;

namespace GripProxy.Plugins.Tenants.Setup;

/// <summary>A tenant of a set-up file. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Settings">Its members that <see cref="TenantReader"/> reads.</param>
/// <param name="Keys">Its keys.</param>
/// <param name="Installs">Its plugins.</param>
internal sealed record SetupTenant(string Name, JsonObject Settings, IReadOnlyList<SetupKey> Keys, IReadOnlyList<SetupInstall> Installs);
