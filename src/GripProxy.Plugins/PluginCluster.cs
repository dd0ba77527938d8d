namespace GripProxy.Plugins;

/// <summary>
/// Where the plugins of several nodes keep what they share (plugins.md §12). A node that is alone has none, and keeps everything in its data folder.
/// Owned by whoever made it, who disposes of it after the plugin host.
/// </summary>
public abstract class PluginCluster : IAsyncDisposable
{
    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
