using System.Runtime.InteropServices;

namespace GripProxy.Plugins.Post;

/// <summary>How often something is tried and how long it waits in between: 3 s, doubling up to a limit, ten percent more or less (plugins.md §8.2). Immutable.</summary>
/// <param name="Attempts">Tries in all.</param>
/// <param name="Longest">The longest wait.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RetrySchedule(int Attempts, TimeSpan Longest)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(3);

    /// <summary>Of <c>processEvent</c>.</summary>
    public static RetrySchedule Chain { get; } = new(10, TimeSpan.FromMinutes(10));

    /// <summary>Of calls with one event.</summary>
    public static RetrySchedule Event { get; } = new(5, TimeSpan.FromMinutes(10));

    /// <summary>Of <c>exportEvents</c>.</summary>
    public static RetrySchedule Export { get; } = new(15, TimeSpan.FromHours(24));

    /// <summary>Of webhooks.</summary>
    public static RetrySchedule Webhook { get; } = new(10, TimeSpan.FromMinutes(10));

    /// <summary>Of jobs.</summary>
    public static RetrySchedule Job { get; } = new(10, TimeSpan.FromMinutes(10));

    /// <summary>The wait after an attempt, or null if it was the last.</summary>
    /// <param name="attempt">Which attempt failed, from 1.</param>
    /// <param name="random">Spreads the waits.</param>
    public TimeSpan? After(int attempt, Random random)
    {
        if (attempt >= Attempts)
            return null;
        var delay = First * Math.Pow(2, attempt - 1);
        return (delay < Longest ? delay : Longest) * (0.9 + (random.NextDouble() * 0.2));
    }
}
