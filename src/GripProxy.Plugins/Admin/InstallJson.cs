using System.Text.Json.Nodes;
using GripProxy.Plugins.Admin.Http;
using GripProxy.Plugins.Nodes;
using GripProxy.Plugins.Packages;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Supervision;
using GripProxy.Plugins.Trials;

namespace GripProxy.Plugins.Admin;

/// <summary>Shows installs (plugins-http.md §4.3): what is wanted of them, and what has become of it here. Stateless.</summary>
internal sealed class InstallJson(AdminParts parts)
{
    /// <summary>One install.</summary>
    /// <param name="install">The install.</param>
    /// <param name="others">What other nodes say, or null: they are asked.</param>
    public async Task<JsonObject> OfAsync(InstallRecord install, IReadOnlyList<NodeReport>? others = null)
    {
        var package = parts.Store.Current.FindPackage(install.Tenant, install.Package);
        var form = await PackageForm.OfAsync(parts.Store, install);
        var status = StatusOf(install);
        var json = new JsonObject
        {
            ["id"] = install.Number,
            ["name"] = install.Name,
            ["package"] = package?.Name,
            ["version"] = package?.Version,
            ["hash"] = install.Package,
            ["order"] = install.Order,
            ["enabled"] = install.Enabled,
            ["state"] = StateOf(install),
            ["state_since"] = status is null ? null : AdminTime.Text(status.Since),
            ["error"] = Error(status),
            ["config"] = ConfigMask.Hide(form, ConfigValues.Complete(form, install.Config)),
            ["attachments"] = Attachments(install),
            ["capabilities"] = package?.Capabilities?.DeepClone(),
            ["metrics"] = MetricsJson.Recent(parts.UseOf(install.Tenant), install.Name),
            ["created"] = AdminTime.Text(install.Created),
            ["managed"] = install.Managed,
            ["nodes"] = new JsonArray([Node(parts.Node, StateOf(install), install.Revision), .. (others ?? await OthersAsync()).Select(node => Node(node, install))]),
        };
        foreach (var (name, value) in install.Settings)
            json[name] = value?.DeepClone();
        return json;
    }

    /// <summary>What the other nodes say of their installs; of those that cannot be asked now nothing.</summary>
    public async Task<IReadOnlyList<NodeReport>> OthersAsync()
    {
        try
        {
            return [.. (await parts.ReportsAsync()).OrderBy(static node => node.Node, StringComparer.Ordinal)];
        }
        catch (StateUnavailableException)
        {
            return [];
        }
    }

    /// <summary>The word for what has become of it here; of something that this node has not heard of yet, what is wanted is known.</summary>
    public string StateOf(InstallRecord install) =>
        StatusOf(install)?.StateName ?? Wanted(install);

    /// <summary>What has become of it here, or null.</summary>
    public InstallStatus? StatusOf(InstallRecord install) =>
        parts.KeeperOf(install.Tenant)?.Installs.FirstOrDefault(status => status.Install.Number == install.Number);

    /// <summary>The files by key, without their contents.</summary>
    public static JsonObject Attachments(InstallRecord install) => new(install.Attachments.Select(file => KeyValuePair.Create<string, JsonNode?>(
        file.Key, new JsonObject { ["content_type"] = file.Value.ContentType, ["file_name"] = file.Value.FileName, ["bytes"] = file.Value.Size })));

    private static JsonObject Node(NodeReport node, InstallRecord install) => Node(
        node.Node, node.Installs.GetValueOrDefault(install.Field)?.State ?? Wanted(install), Math.Min(node.Revision, install.Revision));

    private static JsonObject Node(string name, string state, long revision) => new() { ["node"] = name, ["state"] = state, ["rev"] = revision };

    private static string Wanted(InstallRecord install) => install.Enabled ? "starting" : "disabled";

    private static JsonObject? Error(InstallStatus? status)
    {
        if (TrialResult.Describe(status?.Error) is not { } error)
            return null;
        error["at"] = AdminTime.Text(status!.Since); // It has the error.
        error["attempt"] = status.Attempt;
        error["next_attempt"] = status.NextAttempt is { } next ? AdminTime.Text(next) : null;
        return error;
    }
}
