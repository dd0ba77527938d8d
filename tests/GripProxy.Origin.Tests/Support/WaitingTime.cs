using System.Threading.Channels;

namespace GripProxy.Origin.Tests.Support;

/// <summary>A clock on which short waits are over at once and are told of. Waits of a second and more are limits, which never pass.</summary>
public sealed class WaitingTime : TimeProvider, IDisposable
{
    private readonly Channel<TimeSpan> _delays = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>The next wait that somebody began.</summary>
    public Task<TimeSpan> NextDelayAsync() => _delays.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime >= TimeSpan.FromSeconds(1))
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _delays.Writer.TryWrite(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _delays.Writer.Complete();
}
