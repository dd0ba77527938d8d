namespace GripProxy.Redis.Partitions;

/// <summary>
/// The numbers of the items that came from one node lately, so that what is told again after a failover is delivered once (README.md, Exactly once).
/// Items that had to wait for their predecessor come later than their number says. Owned by the loop of one partition.
/// </summary>
internal sealed class HeardItems
{
    // Far more than a node tells again; some 100 KB for a node that sends much.
    private const int Max = 4096;

    private readonly HashSet<long> _numbers = [];
    private readonly Queue<long> _bySeniority = [];
    private long _forgotten;

    /// <summary>When something was heard last.</summary>
    public long HeardAt { get; set; }

    /// <summary>True if the number was not heard before; it is remembered then.</summary>
    /// <param name="number">The number.</param>
    /// <param name="isLate">True: it had to wait, so that much higher ones say nothing about it.</param>
    public bool IsNew(long number, bool isLate)
    {
        if ((number <= _forgotten && !isLate) || !_numbers.Add(number))
            return false;
        _bySeniority.Enqueue(number);
        if (_bySeniority.Count > Max)
        {
            var oldest = _bySeniority.Dequeue();
            _numbers.Remove(oldest);
            _forgotten = Math.Max(_forgotten, oldest - Max);
        }

        return true;
    }
}
