using System.Net;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Packages;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins;

/// <summary>What the plugins of this node work with and what they are told of it. Immutable.</summary>
internal sealed record HostParts
{
    /// <summary>Section <c>[plugins]</c> and what belongs to it.</summary>
    public required PluginsOptions Options { get; init; }

    /// <summary>Value of an environment variable, or null.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>How processes of plugins are started.</summary>
    public required WorkerLaunch Launch { get; init; }

    /// <summary>Modules that plugins may import, or null: none.</summary>
    public required PackageFiles? Modules { get; init; }

    /// <summary>Publishes what they put out.</summary>
    public required PublishPipeline Pipeline { get; init; }

    /// <summary>Where clients are subscribed.</summary>
    public required SubscriptionTable Table { get; init; }

    /// <summary>Counts what they do.</summary>
    public required PluginInstruments Instruments { get; init; }

    /// <summary>What is shared with other nodes, or null: this node is alone.</summary>
    public required PluginCluster? Cluster { get; init; }

    /// <summary>Where the proxy listens.</summary>
    public required Func<IReadOnlyList<IPEndPoint>> OwnListeners { get; init; }

    /// <summary>Passes requests to plugins as to origins, or null: plugins have no endpoints of their own.</summary>
    public required OriginPass? Pass { get; init; }

    /// <summary>Name of this node.</summary>
    public required string Node { get; init; }

    /// <summary>Chance. Thread-safe.</summary>
    public required Random Random { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Makes logs.</summary>
    public required ILoggerFactory Loggers { get; init; }
}
