using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Supervision;

namespace GripProxy.Plugins.Pipeline;

/// <summary>What the chain made of an event. Immutable.</summary>
internal sealed record EventFate
{
    /// <summary>The event goes on as this JSON; null: it does not go on.</summary>
    public ReadOnlyMemory<byte>? Event { get; private init; }

    /// <summary>The plugin that asked for another try, or null.</summary>
    public InstallStatus? RetryOf { get; private init; }

    /// <summary>What it said, or null.</summary>
    public PluginError? RetryError { get; private init; }

    /// <summary>Why it is a dead letter, or null.</summary>
    public DeadLetterReason? Dead { get; private init; }

    /// <summary>Plugins that the event has passed.</summary>
    public IReadOnlyList<InstallStatus> Passed { get; private init; } = [];

    /// <summary>Plugins that it did not meet in the chain: they have not started yet, or work only after it.</summary>
    public IReadOnlyList<InstallStatus> Deferred { get; private init; } = [];

    /// <summary>The event as it was published; null: it was not. With what it passed, also where that is not published.</summary>
    public ReadOnlyMemory<byte>? Final { get; init; }

    /// <summary>A plugin dropped it.</summary>
    public static EventFate Dropped { get; } = new();

    /// <summary>It goes on.</summary>
    public static EventFate GoesOn(ReadOnlyMemory<byte> processed, IReadOnlyList<InstallStatus> passed, IReadOnlyList<InstallStatus>? deferred = null) =>
        new() { Event = processed, Passed = passed, Deferred = deferred ?? [] };

    /// <summary>It is tried again later.</summary>
    public static EventFate Again(InstallStatus install, PluginError error) => new() { RetryOf = install, RetryError = error };

    /// <summary>It is not tried any more.</summary>
    public static EventFate Buried(DeadLetterReason reason) => new() { Dead = reason };
}
