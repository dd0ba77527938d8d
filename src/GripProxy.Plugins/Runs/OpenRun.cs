using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Runs;

/// <summary>A run that is not over, as this node knows it. Guarded by the lock of its tenant's runs.</summary>
internal sealed class OpenRun(RunRecord record)
{
    /// <summary>What has become of it so far.</summary>
    public RunRecord Record { get; set; } = record;

    /// <summary>The install that it was begun with, or null: it waits.</summary>
    public Install? With { get; set; }

    /// <summary>True: somebody wants it ended.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>True: its plugin is switched off or replaced, so it is to begin again.</summary>
    public bool IsInterrupted { get; set; }

    /// <summary>Not to be begun before.</summary>
    public DateTimeOffset NotBefore { get; set; }

    /// <summary>When its progress was stored last.</summary>
    public long Stored { get; set; }

    /// <summary>Completes when it is not waited for any more.</summary>
    public TaskCompletionSource GivenUp { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
