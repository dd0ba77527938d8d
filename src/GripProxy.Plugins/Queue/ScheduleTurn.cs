namespace GripProxy.Plugins.Queue;

/// <summary>Whether a run of a task begins here. Owned by whoever asked, until the run has ended.</summary>
/// <param name="mayRun">True: it does.</param>
/// <param name="isGoing">True: it does not, because an earlier one still goes on, on whichever node.</param>
/// <param name="until">Told when it has ended, or null.</param>
internal sealed class ScheduleTurn(bool mayRun, bool isGoing = false, IAsyncDisposable? until = null) : IAsyncDisposable
{
    /// <summary>True: it does.</summary>
    public bool MayRun => mayRun;

    /// <summary>True: it does not, because an earlier one still goes on, on whichever node.</summary>
    public bool IsGoing => isGoing;

    /// <summary>The run has ended.</summary>
    public ValueTask DisposeAsync() => until?.DisposeAsync() ?? ValueTask.CompletedTask;
}
