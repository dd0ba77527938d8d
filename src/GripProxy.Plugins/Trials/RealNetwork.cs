using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Trials;

/// <summary>The network as plugins in service have it, under the egress rules (plugins-api.md §3.5). Thread-safe.</summary>
/// <param name="fetch">Sends the requests.</param>
internal sealed class RealNetwork(PluginFetch fetch) : ITrialNetwork
{
    private readonly HostOperation _send = fetch.Operations["fetch"];

    /// <inheritdoc/>
    public async ValueTask<HostAnswer> FetchAsync(Install install, JsonElement arguments, JsonObject shown)
    {
        var answer = await _send(install, arguments);
        if (answer.Error is { } error)
        {
            shown["error"] = error.Message;
            return answer;
        }

        using var json = CellJson.Parse(answer.Json);
        if (CellJson.Find(json.RootElement, "answer") is { } given)
            shown["status"] = given.GetProperty("status").GetInt32();
        else
            shown["error"] = CellJson.Text(json.RootElement.GetProperty("failure"), "message");
        return answer;
    }
}
