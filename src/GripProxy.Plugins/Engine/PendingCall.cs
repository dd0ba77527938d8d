using System.Text.Json;

namespace GripProxy.Plugins.Engine;

/// <summary>A call that a cell has not answered. Completed once.</summary>
internal abstract class PendingCall
{
    /// <summary>Takes the answer; throws if it is none.</summary>
    public abstract void Complete(JsonElement answer, byte[] frame);

    /// <summary>The cell has ended.</summary>
    public abstract void Fail(WorkerEndedException end);
}
