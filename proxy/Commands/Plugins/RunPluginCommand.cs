using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin run</c>: begins a long run (PLG-42). Stateless.</summary>
internal static class RunPluginCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var tenant = new TenantOption();
        var plugin = new Argument<string>("plugin") { Description = "Name or id of the plugin." };
        var run = new Argument<string>("run") { Description = "Name of one of its runs." };
        var payload = new Option<string>("--payload") { Description = "JSON that it is called with.", HelpName = "json", DefaultValueFactory = static _ => "null" };
        payload.Validators.Add(given =>
        {
            if (!IsJson(given.GetRequiredValue(payload)))
                given.AddError($"--payload is '{given.GetRequiredValue(payload)}', expected JSON such as '{{\"days\":30}}'");
        });
        return AdminOptions.Add(
            context,
            tenant.AddTo(new Command("run", "Begin a long run of a plugin; 'plugin runs' shows how far it is.") { plugin, run, payload }),
            (result, session, cancellationToken) => session.DoAsync(
                tenant.Path(result, "plugins", result.GetRequiredValue(plugin), "runs", result.GetRequiredValue(run)),
                new JsonObject { ["payload"] = JsonNode.Parse(result.GetRequiredValue(payload)) },
                static one => [$"run {one["id"]} of {one["name"]} is {one["state"]}"],
                cancellationToken));
    }

    private static bool IsJson(string text)
    {
        try
        {
            JsonNode.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
