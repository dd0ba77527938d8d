namespace GripProxy.Channels.Tracing;

/// <summary>What is kept of the way of one item, bounded (CTL-09). Guarded by its own lock.</summary>
public sealed class TraceRecord
{
    private readonly Lock _gate = new();
    private readonly List<TraceStep> _steps = new(4);

    internal TraceRecord(string channel, string id)
    {
        Channel = channel;
        Id = id;
    }

    /// <summary>The item's channel.</summary>
    public string Channel { get; }

    /// <summary>The item's id.</summary>
    public string Id { get; }

    /// <summary>The steps so far, in order.</summary>
    public IReadOnlyList<TraceStep> Steps
    {
        get
        {
            lock (_gate)
                return _steps.ToArray();
        }
    }

    /// <summary>Adds a step; of <see cref="TraceStepKind.More"/> there is one, the last, which is replaced.</summary>
    internal void Add(TraceStep step)
    {
        lock (_gate)
        {
            if (step.Kind == TraceStepKind.More && _steps is [.., { Kind: TraceStepKind.More }])
                _steps[^1] = step;
            else
                _steps.Add(step);
        }
    }
}
