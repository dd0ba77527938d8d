namespace GripProxy.Plugins.Metrics;

/// <summary>What a plugin did lately, in steps of ten seconds for the last minute and of a minute for the last hour. Thread-safe.</summary>
internal sealed class RecentUse(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Ring _minute = new(6, TimeSpan.FromSeconds(10));
    private readonly Ring _hour = new(60, TimeSpan.FromMinutes(1));

    /// <summary>In the last minute.</summary>
    public UseTotals Minute => Sum(_minute);

    /// <summary>In the last hour.</summary>
    public UseTotals Hour => Sum(_hour);

    /// <summary>Something was done now.</summary>
    public void Add(UseTotals use)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _minute.Add(now, use);
            _hour.Add(now, use);
        }
    }

    private UseTotals Sum(Ring ring)
    {
        lock (_gate)
            return ring.Sum(time.GetUtcNow());
    }

    private sealed class Ring(int steps, TimeSpan step)
    {
        private readonly UseTotals[] _totals = new UseTotals[steps];
        private long _last;

        public void Add(DateTimeOffset now, UseTotals use)
        {
            Turn(now);
            _totals[_last % steps] += use;
        }

        public UseTotals Sum(DateTimeOffset now)
        {
            Turn(now);
            var sum = default(UseTotals);
            foreach (var one in _totals)
                sum += one;
            return sum;
        }

        // A clock that is set back adds to the present step.
        private void Turn(DateTimeOffset now)
        {
            var present = now.UtcTicks / step.Ticks;
            for (var next = Math.Max(_last + 1, present - steps + 1); next <= present; next++)
                _totals[next % steps] = default;
            _last = Math.Max(_last, present);
        }
    }
}
