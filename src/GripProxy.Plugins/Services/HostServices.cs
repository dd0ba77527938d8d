using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Services;

/// <summary>
/// What the plugins of a tenant may ask of the host (plugins-api.md §3). Which tenant and install asks is known from the pipe, never from what is asked.
/// Thread-safe.
/// </summary>
internal sealed class HostServices(GripPublishing publishing, TenantStorage storage)
{
    /// <summary>Does what is asked for.</summary>
    /// <param name="install">Who asks.</param>
    /// <param name="operation">What.</param>
    /// <param name="arguments">An object that the plugin wrote.</param>
    public ValueTask<HostAnswer> HandleAsync(Install install, string operation, JsonElement arguments)
    {
        try
        {
            return ValueTask.FromResult(operation switch
            {
                "grip.publish" => publishing.Publish(arguments),
                "storage.get" => storage.Get(install.Name, Key(arguments)),
                "storage.set" => storage.Set(install.Name, Key(arguments), CellJson.Find(arguments, "value") is { } value ? JsonSerializer.SerializeToUtf8Bytes(value, PluginJson.Default.JsonElement) : null),
                "storage.increment" => storage.Increment(install.Name, Key(arguments), arguments.GetProperty("by").GetDouble()),
                "storage.init" => storage.Initialize(install.Name, Key(arguments), arguments.GetProperty("value").GetDouble()),
                _ => HostAnswer.Failed("Error", $"'{operation}' is not offered"),
            });
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Only what does not come from the cell program is so wrong.
            return ValueTask.FromResult(HostAnswer.Failed("TypeError", $"the arguments of '{operation}' are wrong"));
        }
    }

    private static string Key(JsonElement arguments) => CellJson.Text(arguments, "key");
}
