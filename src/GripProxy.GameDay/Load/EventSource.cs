namespace GripProxy.GameDay.Load;

/// <summary>Gives events without end. Owned by the loop that sends.</summary>
internal abstract class EventSource
{
    /// <summary>Names of the events.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>Factors of the rate for each second of a recording; empty: always the same.</summary>
    public virtual IReadOnlyList<double> Curve => [];

    /// <summary>The next event.</summary>
    public abstract EventDraft Next();
}
