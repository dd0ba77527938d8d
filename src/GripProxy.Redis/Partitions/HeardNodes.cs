namespace GripProxy.Redis.Partitions;

/// <summary>What was heard from the other nodes lately (<see cref="HeardItems"/>), without those that are gone. Owned by the loop of one partition.</summary>
internal sealed class HeardNodes(TimeProvider time)
{
    // Every start of a node is another one here. What a node tells again it told shortly before Redis failed, however long that lasts.
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromDays(1);

    private readonly Dictionary<string, HeardItems> _byRun = new(StringComparer.Ordinal);

    /// <summary>How many are remembered.</summary>
    public int Count => _byRun.Count;

    /// <summary>As <see cref="HeardItems.IsNew"/>, of the run of a node.</summary>
    public bool IsNew(string run, long number, bool isLate)
    {
        if (!_byRun.TryGetValue(run, out var heard))
        {
            ForgetGone();
            _byRun.Add(run, heard = new HeardItems());
        }

        heard.HeardAt = time.GetTimestamp();
        return heard.IsNew(number, isLate);
    }

    private void ForgetGone()
    {
        foreach (var (run, heard) in _byRun)
        {
            if (time.GetElapsedTime(heard.HeardAt) > ForgottenAfter)
                _byRun.Remove(run);
        }
    }
}
