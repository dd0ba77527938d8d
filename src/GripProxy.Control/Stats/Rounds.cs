namespace GripProxy.Control.Stats;

/// <summary>Spreads the visits of groups evenly over a time, round after round. Owned by the caller of <see cref="TakeDue"/>.</summary>
/// <param name="groups">How many groups there are.</param>
/// <param name="round">In this time each comes once.</param>
/// <param name="time">The clock.</param>
internal sealed class Rounds(int groups, TimeSpan round, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _visited;

    /// <summary>The groups whose turn has come, each at most once.</summary>
    public IEnumerable<int> TakeDue()
    {
        var due = (long)(time.GetElapsedTime(_start) / round * groups);
        // After a pause of the process nothing is made up for.
        _visited = Math.Max(_visited, due - groups);
        while (_visited < due)
            yield return (int)(_visited++ % groups);
    }
}
