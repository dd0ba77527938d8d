using GripProxy.Plugins.Queue;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins;

/// <summary>
/// Where the plugins of several nodes keep what they share (plugins.md §12). A node that is alone has none, and keeps everything in its data folder.
/// Owned by whoever made it, who disposes of it after the plugin host.
/// </summary>
public abstract class PluginCluster : IAsyncDisposable
{
    /// <summary>Opens what waits.</summary>
    /// <param name="node">Name of this node.</param>
    /// <param name="data">Folder of what is this node's alone.</param>
    /// <param name="limits">How much may wait.</param>
    /// <param name="loggers">Makes logs.</param>
    internal abstract IWorkStore OpenWork(string node, string data, QueueLimits limits, ILoggerFactory loggers);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
