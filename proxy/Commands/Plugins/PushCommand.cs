using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Workbench;
using GripProxy.Proxy.Commands.Admin;

namespace GripProxy.Proxy.Commands.Plugins;

/// <summary><c>gripproxy plugin push</c>: a folder becomes a plugin of a running proxy, or its next version (plugins-http.md §6). Stateless.</summary>
internal static class PushCommand
{
    /// <summary>The command.</summary>
    public static Command Create(ProcessContext context)
    {
        var tenant = new TenantOption();
        var folder = new Argument<string>("dir") { Description = "Folder or archive of the plugin." };
        var name = new Option<string?>("--name") { Description = "Its name there (default: that of plugin.json).", HelpName = "name" };
        var config = new Option<string?>("--config") { Description = "Configuration, a JSON object (default: what it has, else the defaults of plugin.json).", HelpName = "file" };
        var enable = new Option<bool>("--enable") { Description = "Switch it on." };
        var wait = new Option<bool>("--wait") { Description = "Wait until it is in force." };
        var command = tenant.AddTo(new Command("push", "Bring a plugin to a running proxy. One of the same name gets this version, without losing an event; else it is installed.")
        {
            folder, name, config, enable, wait,
        });
        return AdminOptions.Add(context, command, async (result, session, cancellationToken) =>
        {
            var (configuration, problem) = result.GetValue(config) is { } file ? await ReadAsync(file, cancellationToken) : (null, null);
            if (problem is not null)
                return await session.FailAsync(problem);
            var packed = PluginWorkbench.Zip(result.GetRequiredValue(folder));
            if (packed.Archive is not { } archive)
                return await session.FailAsync(packed.Problem);
            using var content = new ReadOnlyMemoryContent(archive) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } };
            var uploaded = await session.SendAsync(HttpMethod.Post, tenant.Path(result, "packages"), content, cancellationToken);
            if (uploaded.Json is not { } package)
                return await session.FailAsync(uploaded.Error);
            var called = result.GetValue(name) ?? (string?)package["name"];
            var installs = await session.SendAsync(HttpMethod.Get, tenant.Path(result, "plugins"), content: null, cancellationToken);
            if (installs.Json is null)
                return await session.FailAsync(installs.Error);
            var present = (installs.Json["items"]?.AsArray() ?? []).FirstOrDefault(one => (string?)one?["name"] == called);
            var body = new JsonObject { ["package"] = (string?)package["hash"] };
            if (present is null)
                body["name"] = called;
            if (configuration is not null)
                body["config"] = configuration;
            if (result.GetValue(enable))
                body["enabled"] = true;
            var path = (present is null ? tenant.Path(result, "plugins") : tenant.Path(result, "plugins", $"{present["id"]}")) + (result.GetValue(wait) ? "?wait=ready" : "");
            return await session.DoAsync(present is null ? HttpMethod.Post : HttpMethod.Patch, path, body, Lines, cancellationToken);
        });
    }

    private static async Task<(JsonObject? Configuration, string? Problem)> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return JsonNode.Parse(await File.ReadAllTextAsync(file, cancellationToken)) is JsonObject configuration ? (configuration, null) : (null, $"{file}: expected a JSON object");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return (null, $"{file}: {e.Message}");
        }
    }

    private static IEnumerable<string> Lines(JsonNode install) =>
        [$"plugin {install["name"]} (id {install["id"]}) has version {install["version"]} and is {install["state"]}" + (install["error"] is { } error ? $": {error["message"]}" : "")];
}
