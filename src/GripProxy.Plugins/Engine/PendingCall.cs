using System.Text.Json;

namespace GripProxy.Plugins.Engine;

/// <summary>A call that a cell has not answered. Completed once.</summary>
internal abstract class PendingCall
{
    /// <summary>Time of the processor that it may take beside what every call may, before its cell goes into the background.</summary>
    public TimeSpan Allowance { get; init; }

    /// <summary>Takes the answer; throws if it is none.</summary>
    public abstract void Complete(JsonElement answer, byte[] frame);

    /// <summary>The cell has ended.</summary>
    public abstract void Fail(WorkerEndedException end);
}
