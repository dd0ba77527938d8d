namespace GripProxy.Plugins.Engine;

/// <summary>The process that was asked for something has ended; what it was doing is not known.</summary>
internal sealed class WorkerEndedException(string message, Exception? inner) : IOException(message, inner)
{
    /// <summary>Says how it ended.</summary>
    /// <param name="end">Why it ended.</param>
    /// <param name="message">What is known of it.</param>
    public WorkerEndedException(WorkerEnd end, string message)
        : this(message, inner: null) => End = end;

    /// <summary>Why it ended.</summary>
    public WorkerEnd End { get; }

    /// <summary>Calls that waited for it when it ended; 0 before that is known.</summary>
    public int Outstanding { get; set; }
}
