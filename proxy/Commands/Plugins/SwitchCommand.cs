using System.CommandLine;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin enable</c> and <c>disable</c>: while the proxy runs, and without losing an event (PLG-30). Stateless.</summary>
internal static class SwitchCommand
{
    /// <summary>The command.</summary>
    /// <param name="context">The process.</param>
    /// <param name="name"><c>enable</c> or <c>disable</c>.</param>
    /// <param name="description">What it does.</param>
    public static Command Create(ProcessContext context, string name, string description)
    {
        var tenant = new TenantOption();
        var plugin = new Argument<string>("plugin") { Description = "Name or id of the plugin." };
        return AdminOptions.Add(context, tenant.AddTo(new Command(name, description) { plugin }), (result, session, cancellationToken) => session.DoAsync(
            tenant.Path(result, "plugins", result.GetRequiredValue(plugin), name) + "?wait=ready",
            [],
            static one => one["error"] is { } error && (string?)one["state"] != "disabled"
                ? [$"plugin {one["name"]} is {one["state"]}: {error["message"]}"]
                : [$"plugin {one["name"]} is {one["state"]}"],
            cancellationToken));
    }
}
