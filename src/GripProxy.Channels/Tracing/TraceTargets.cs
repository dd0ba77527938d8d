using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Tracing;

/// <summary>Where the steps of one item go. Immutable.</summary>
/// <param name="record">Keeps them, or null.</param>
/// <param name="listeners">Hear them; often none.</param>
internal readonly struct TraceTargets(TraceRecord? record, ITraceListener[] listeners)
{
    private readonly ITraceListener[]? _listeners = listeners.Length == 0 ? null : listeners;

    /// <summary>True if nobody wants steps.</summary>
    public bool IsEmpty => record is null && _listeners is null;

    /// <summary>Hands a step on. Listeners hear only once that steps are left out, however many are.</summary>
    public void Add(Item item, TraceStep step)
    {
        record?.Add(step);
        if (_listeners is null || (step.Kind == TraceStepKind.More && step.Number > 1))
            return;
        foreach (var listener in _listeners)
            listener.Heard(item.Channel, item.Id, step);
    }
}
