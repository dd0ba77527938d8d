using System.Text.Json.Nodes;
using GripProxy.Plugins.Routing;
using GripProxy.Plugins.Tenants.Setup;

namespace GripProxy.Plugins.Tenants;

/// <summary>Reads what a tenant says of itself beside its name, keys and plugins, in the set-up file or in the state (plugins-http.md §2). Gathers problems.</summary>
/// <param name="problems">Takes what is wrong, each with its place.</param>
internal sealed class TenantReader(ICollection<string> problems)
{
    private const string DefaultTenant = "default";

    /// <summary>The members.</summary>
    public static IReadOnlyList<string> Members { get; } = ["channel_prefix", "enabled", "quota", "routes", "sse_channels", "test"];

    /// <summary>The tenant with these members.</summary>
    /// <param name="node">The members.</param>
    /// <param name="tenant">The tenant without them.</param>
    public Tenant Read(SetupNode node, Tenant tenant)
    {
        // Whoever makes load asks for it (plugins-gameday.md); to this process it means nothing.
        _ = node.Bool("test", false);
        return tenant with
        {
            Enabled = node.Bool("enabled", true),
            EventsPerSecond = ReadQuota(node),
            ChannelPrefix = node.Text("channel_prefix") ?? DefaultPrefix(tenant.Name),
            Routes = node.Find("routes") is { } list ? new RouteReader(problems).ReadAll(list, $"{node.Place}.routes") : [ChannelRoute.Default],
            SseChannels = node.Texts("sse_channels"),
        };
    }

    /// <summary>The prefix of a tenant that names none.</summary>
    public static string DefaultPrefix(string name) => name == DefaultTenant ? "" : $"{name}.";

    private int? ReadQuota(SetupNode tenant)
    {
        if (tenant.Find("quota") is null)
            return null;
        if (tenant.Find("quota") is not JsonObject json)
        {
            tenant.Report("quota", "must be an object, as {\"events_per_s\": 100}");
            return null;
        }

        var node = new SetupNode(json, $"{tenant.Place}.quota", problems);
        node.Allow("events_per_s");
        if (node.Find("events_per_s") is null)
            return null;
        var events = node.Int("events_per_s", 1);
        if (events < 1)
            node.Report("events_per_s", "must be 1 or more; without it there is no limit");
        return Math.Max(events, 1);
    }
}
