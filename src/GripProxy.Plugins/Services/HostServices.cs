using System.Collections.Frozen;
using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Services;

/// <summary>
/// What the plugins of a tenant may ask of the host (plugins-api.md §3). Which tenant and install asks is known from the pipe, never from what is asked.
/// Thread-safe.
/// </summary>
/// <param name="offers">The operations by name, of each service.</param>
internal sealed class HostServices(params IReadOnlyList<IReadOnlyDictionary<string, HostOperation>> offers)
{
    private readonly FrozenDictionary<string, HostOperation> _operations = offers.SelectMany(offer => offer).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Does what is asked for.</summary>
    /// <param name="install">Who asks.</param>
    /// <param name="operation">What.</param>
    /// <param name="arguments">An object that the plugin wrote.</param>
    public async ValueTask<HostAnswer> HandleAsync(Install install, string operation, JsonElement arguments)
    {
        if (!_operations.TryGetValue(operation, out var handle))
            return HostAnswer.Failed("Error", $"'{operation}' is not offered");
        try
        {
            return await handle(install, arguments);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or InvalidDataException or FormatException)
        {
            // Only what does not come from the cell program is so wrong.
            return HostAnswer.Failed("TypeError", $"the arguments of '{operation}' are wrong");
        }
    }
}
