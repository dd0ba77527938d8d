using System.Diagnostics;

namespace GripProxy.GameDay.Running;

/// <summary>Looks at the machine of the generator, which is the target's where all is on one. Owned by the conductor.</summary>
internal sealed class HostProbe
{
    private const string Processors = "/proc/stat";
    private const int LeastTicks = 50; // of a processor: half a second

    private (long Busy, long All) _before = Read();

    /// <summary>The next look is about the time from now on.</summary>
    public void Begin() => _before = Read();

    /// <summary>The share of the processors that was busy since the last look, and the memory of this process; what the system does not tell is not there.</summary>
    public void Add(Dictionary<string, double> found)
    {
        var now = Read();
        // In less than half a second too few ticks go by to say anything.
        if (now.All - _before.All >= LeastTicks * Environment.ProcessorCount)
        {
            found["host.cpu"] = (double)(now.Busy - _before.Busy) / (now.All - _before.All);
            _before = now;
        }

        using var own = Process.GetCurrentProcess();
        found["host.rss_mb"] = own.WorkingSet64 / (1024.0 * 1024);
    }

    // cpu user nice system idle iowait irq softirq steal …, in ticks.
    private static (long Busy, long All) Read()
    {
        if (!File.Exists(Processors))
            return (0, 0);
        var ticks = File.ReadLines(Processors).First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(long.Parse).ToArray();
        var all = ticks.Sum();
        return (all - ticks[3] - ticks[4], all);
    }
}
