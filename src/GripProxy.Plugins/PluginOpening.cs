using GripProxy.Plugins.Egress;
using GripProxy.Plugins.State;
using GripProxy.Plugins.Tenants.Setup;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins;

/// <summary>Brings the plugins of this node up. What had begun when that fails is closed, so that it may be tried again; by one at a time.</summary>
/// <param name="parts">What they work with.</param>
internal sealed partial class PluginOpening(HostParts parts)
{
    private readonly ILogger _logger = parts.Loggers.CreateLogger<PluginOpening>();

    /// <summary>Reads the set-up, opens the queue and goes on with the events that wait in it.</summary>
    /// <returns>The plugins that run, which the caller disposes of; or null and what is wrong with the set-up.</returns>
    /// <exception cref="StateUnavailableException">The state of the cluster cannot be read.</exception>
    /// <exception cref="IOException">The data folder cannot be used; likewise the other exceptions of files and databases.</exception>
    public async Task<(RunningPlugins? Running, string Problem)> OpenAsync()
    {
        var owned = new OwnedParts();
        try
        {
            // The state first: as long as that fails nothing else has begun.
            var options = parts.Options;
            var store = owned.Add(await PluginStores.OpenStateAsync(parts));
            await OldNumbers.TakeAsync(Path.Combine(options.Data, "numbers.json"), store);
            var egress = owned.Add(new EgressClient(options.Egress, parts.OwnListeners, parts.Time));
            var setup = owned.Add(new SetupRunner(options.ConfigFile, parts.Environment, store, egress, parts.Time) { IsForOneTenant = options.Supervision.IsForOneTenant });
            if (await setup.ApplyAsync() is { Problems: { Count: > 0 } problems })
            {
                await CloseAsync(owned);
                return (null, string.Join("; ", problems));
            }

            var running = new RunningPlugins(parts, owned, store, egress, setup);
            await running.StartAsync();
            return (running, "");
        }
        catch
        {
            await CloseAsync(owned);
            throw;
        }
    }

    // What cannot be closed does not hide why they do not start.
    private async Task CloseAsync(OwnedParts owned)
    {
        try
        {
            await owned.DisposeAsync();
        }
        catch (Exception e)
        {
            Log.NotClosed(_logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7999, LogLevel.Error, "what had begun of the plugins cannot be closed", EventName = "PluginsNotClosed")]
        public static partial void NotClosed(ILogger logger, Exception exception);
    }
}
