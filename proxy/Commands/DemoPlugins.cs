using System.Globalization;
using System.Security.Cryptography;
using GripProxy.Plugins;
using GripProxy.Plugins.Workbench;

namespace GripProxy.Proxy.Commands;

/// <summary>
/// The plugin of the demo, in a folder of its own: the one that <c>gripproxy plugin new</c> writes. Without a JavaScript runtime there is none, and it is known
/// what is missing. Owned by the demo, which disposes of it.
/// </summary>
internal sealed class DemoPlugins : IDisposable
{
    /// <summary>What it publishes to.</summary>
    public const string Channel = "greetings";

    private readonly DirectoryInfo? _folder;

    private DemoPlugins(DirectoryInfo? folder, string missing)
    {
        _folder = folder;
        Missing = missing;
    }

    /// <summary>What is missing and how to install it; empty: nothing is.</summary>
    public string Missing { get; }

    /// <summary>Lets events in.</summary>
    public string Key { get; } = "gpi_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Opens the admin API.</summary>
    public string AdminToken { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private string SecretKey { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Looks for the runtime, and writes plugin and set-up if there is one.</summary>
    public static async Task<DemoPlugins> PrepareAsync()
    {
        var missing = await PluginsCheck.FindRuntimeProblemAsync(new PluginsOptions(), AppContext.BaseDirectory, Environment.GetEnvironmentVariable);
        if (missing is not null)
            return new DemoPlugins(null, missing);
        var made = new DemoPlugins(Directory.CreateTempSubdirectory("gripproxy-demo-"), "");
        made.Write();
        return made;
    }

    /// <summary>The lines of a configuration; none without a runtime.</summary>
    /// <param name="node">Which node, from 1; the first one brings the plugin.</param>
    /// <param name="eventsPort">Where events come in.</param>
    public string Settings(int node, int eventsPort) => _folder is null ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $"""
        [plugins]
        enabled=true
        data={Path.Combine(_folder.FullName, $"data{node}")}
        secret_key={SecretKey}
        {(node == 1 ? $"config_file={Path.Combine(_folder.FullName, "plugins.json")}" : "")}
        admin_token={AdminToken}
        [events]
        listen=127.0.0.1:{eventsPort}
        """);

    /// <summary>Writes a plan for a game day of the demo against itself.</summary>
    /// <param name="clients">Where clients connect.</param>
    /// <param name="control">The control port.</param>
    /// <param name="events">Where events come in.</param>
    /// <returns>Its file, or null: without plugins there is no tenant to load.</returns>
    public string? WriteGameDay(string clients, string control, string events)
    {
        if (_folder is null)
            return null;
        var file = Path.Combine(_folder.FullName, "gameday.json");
        File.WriteAllText(file, DemoGameDay.Plan(clients, control, events, Key + "-gameday", AdminToken));
        return file;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder?.Delete(recursive: true);

    private void Write()
    {
        var folder = _folder!.FullName; // It was made before.
        PluginWorkbench.Create(Path.Combine(folder, "greeter"), typeScript: false);
        File.WriteAllText(
            Path.Combine(folder, "plugins.json"),
            $$"""
            {"tenants": [{
              "name": "default",
              "keys": [{"kind": "ingest", "value": "{{Key}}"}],
              "routes": [{"channel": "{{Channel}}", "when": {"event": "signup"}, "content": "properties.greeting", "stream": "sse", "formats": ["http-stream"]}],
              "plugins": [{"path": "greeter", "enabled": true}]
            }, {
              "name": "gameday",
              "test": true,
              "keys": [{"kind": "ingest", "value": "{{Key}}-gameday"}],
              "plugins": [{"path": "greeter", "enabled": true}]
            }]}
            """);
    }
}
