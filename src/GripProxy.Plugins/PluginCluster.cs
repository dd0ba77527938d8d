using GripProxy.Plugins.Nodes;
using GripProxy.Plugins.Nodes.Peers;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Runs;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Services.Cache;
using GripProxy.Plugins.State;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins;

/// <summary>
/// Where the plugins of several nodes keep what they share (plugins.md §12). A node that is alone has none, and keeps everything in its data folder.
/// Owned by whoever made it, who disposes of it after the plugin host.
/// </summary>
public abstract class PluginCluster : IAsyncDisposable
{
    /// <summary>How nodes call each other's plugins, or null: each calls its own only.</summary>
    internal abstract PeerOptions? Peers { get; }

    /// <summary>Opens the state that all nodes share. The caller disposes of it.</summary>
    /// <param name="secrets">Encrypts what is kept of configurations.</param>
    /// <param name="loggers">Makes logs.</param>
    /// <exception cref="StateUnavailableException">It cannot be read, or not under this key.</exception>
    internal abstract Task<IPluginStateStore> OpenStateAsync(SecretBox secrets, ILoggerFactory loggers);

    /// <summary>Tells the other nodes from now on what this one says of its plugins.</summary>
    /// <param name="self">What it says now.</param>
    /// <param name="loggers">Makes logs.</param>
    internal abstract void ShowReport(Func<NodeReport> self, ILoggerFactory loggers);

    /// <summary>Tells it at once: something has changed. Returns without waiting.</summary>
    internal abstract void TellReport();

    /// <summary>What the other nodes say of theirs.</summary>
    /// <exception cref="StateUnavailableException">It cannot be read now.</exception>
    internal abstract Task<IReadOnlyList<NodeReport>> ReadReportsAsync();

    /// <summary>What the plugins of a tenant keep.</summary>
    /// <param name="tenant">The tenant's number.</param>
    internal abstract ITenantStorage OpenStorage(int tenant);

    /// <summary>What they remember for a while.</summary>
    /// <param name="tenant">The tenant's number.</param>
    internal abstract ITenantCache OpenCache(int tenant);

    /// <summary>The number of a channel's next item, from 1: one numbering for all nodes (plugins.md §7.4).</summary>
    /// <param name="channel">The channel with the tenant's prefix.</param>
    /// <exception cref="StateUnavailableException">It cannot be told now.</exception>
    internal abstract ValueTask<long> NextNumberAsync(string channel);

    /// <summary>Opens what waits.</summary>
    /// <param name="node">Name of this node.</param>
    /// <param name="data">Folder of what is this node's alone.</param>
    /// <param name="limits">How much may wait.</param>
    /// <param name="loggers">Makes logs.</param>
    internal abstract IWorkStore OpenWork(string node, string data, QueueLimits limits, ILoggerFactory loggers);

    /// <summary>Opens the long runs; after what waits.</summary>
    /// <param name="node">Name of this node.</param>
    internal abstract IRunStore OpenRuns(string node);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
