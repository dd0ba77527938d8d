using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Runs;

/// <summary>A run that is under way on this node. Guarded by the lock of its tenant's runs.</summary>
/// <param name="record">What has become of it so far.</param>
/// <param name="with">The install that it was begun with.</param>
internal sealed class OpenRun(RunRecord record, Install with)
{
    /// <summary>What has become of it so far.</summary>
    public RunRecord Record { get; set; } = record;

    /// <summary>The install that it was begun with.</summary>
    public Install With => with;

    /// <summary>True: somebody wants it ended.</summary>
    public bool IsCancelled { get; set; }

    /// <summary>True: its plugin is switched off or replaced, so it is to begin again.</summary>
    public bool IsInterrupted { get; set; }

    /// <summary>True: another node has it now, or may have. Nothing that it comes to here counts.</summary>
    public bool IsLost { get; set; }

    /// <summary>True once what it came to is known: it says nothing more.</summary>
    public bool IsSettled { get; set; }

    /// <summary>True: it has said something that is not stored yet.</summary>
    public bool IsDirty { get; set; }

    /// <summary>When its progress was stored last.</summary>
    public long Stored { get; set; }

    /// <summary>Held by who stores how far it is, so that nothing older comes last.</summary>
    public SemaphoreSlim Storing { get; } = new(1);

    /// <summary>Completes when it is not waited for any more.</summary>
    public TaskCompletionSource GivenUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
