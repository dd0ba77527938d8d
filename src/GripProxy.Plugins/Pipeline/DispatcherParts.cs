using System.Globalization;
using GripProxy.Plugins.Diagnostics;
using GripProxy.Plugins.Post;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Pipeline;

/// <summary>What a tenant's dispatcher works with. Immutable.</summary>
internal sealed record DispatcherParts
{
    /// <summary>The tenant.</summary>
    public required Tenant Tenant { get; init; }

    /// <summary>Where events wait.</summary>
    public required IEventQueue Queue { get; init; }

    /// <summary>Runs the chain.</summary>
    public required ChainRunner Runner { get; init; }

    /// <summary>Publishes what comes out.</summary>
    public required EventPublisher Publisher { get; init; }

    /// <summary>Completes when what was published before would survive the end of this process.</summary>
    public Func<ValueTask> Flush { get; init; } = static () => ValueTask.CompletedTask;

    /// <summary>Who waits for the end of events.</summary>
    public EventWaits Waits { get; init; } = new();

    /// <summary>What comes after publishing; null: nothing.</summary>
    public PostStage? Post { get; init; }

    /// <summary>What an install is called in logs, by its number.</summary>
    public Func<int, string> LabelOf { get; init; } = static install => install.ToString(CultureInfo.InvariantCulture);

    /// <summary>Where times are counted, or null: nowhere.</summary>
    public PluginInstruments? Instruments { get; init; }

    /// <summary>How many at a time.</summary>
    public required DispatchOptions Options { get; init; }

    /// <summary>True while events are taken and wait (plugins.md §13). Whoever ends that wakes the dispatcher.</summary>
    public Func<bool> IsPaused { get; init; } = static () => false;

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Spreads retries.</summary>
    public required Random Random { get; init; }
}
