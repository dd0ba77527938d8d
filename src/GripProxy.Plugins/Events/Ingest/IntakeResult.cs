using System.Runtime.InteropServices;
using GripProxy.Plugins.Pipeline;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>What became of the events of a request. Immutable.</summary>
internal sealed record IntakeResult
{
    /// <summary>What concerns the request as a whole, or null: it is acknowledged.</summary>
    public EventProblem? Problem { get; init; }

    /// <summary>Events that were refused, each with its index.</summary>
    public IReadOnlyList<EventProblem> Refused { get; init; } = [];

    /// <summary>Events that were taken, repeated ones among them.</summary>
    public IReadOnlyList<TakenEvent> Taken { get; init; } = [];

    /// <summary>An event that was taken.</summary>
    /// <param name="Index">Its place in the request.</param>
    /// <param name="Uuid">Its identity.</param>
    /// <param name="IsRepeated">True: it had come before and is not processed again.</param>
    /// <param name="End">What becomes of it, where its sender waits for that.</param>
    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct TakenEvent(int Index, Guid Uuid, bool IsRepeated, Task<EventEnd>? End);

    /// <summary>Nothing was taken.</summary>
    public static IntakeResult Failed(EventProblem problem) => new() { Problem = problem };
}
