using System.Reflection;

namespace GripProxy.Plugins.Engine;

/// <summary>Whose a plugin is and where it runs: <c>meta.tenant</c> and <c>meta.instance</c> (plugins-api.md §3.10). Immutable.</summary>
/// <param name="Tenant">Name of the tenant.</param>
/// <param name="TenantNumber">Its number.</param>
/// <param name="Node">Name of the node.</param>
internal readonly record struct PluginPlace(string? Tenant, int TenantNumber, string? Node)
{
    /// <summary>Version of this program.</summary>
    public static string Version { get; } =
        typeof(PluginPlace).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
