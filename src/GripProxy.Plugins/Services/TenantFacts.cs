using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Services;

/// <summary>What plugins may know of the channels of their tenant (plugins-api.md §3.8). Thread-safe.</summary>
internal sealed class TenantFacts(Tenant tenant, Func<string, int> countSubscribers)
{
    /// <summary>The calls by name.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal)
    {
        ["grip.subscribers"] = (_, arguments) => ValueTask.FromResult(
            new HostAnswer(JsonSerializer.SerializeToUtf8Bytes((long)countSubscribers(tenant.ChannelPrefix + CellJson.Text(arguments, "channel")), PluginJson.Default.Int64))),
    };
}
