using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Redis.Client;
using GripProxy.Redis.Relay;
using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

/// <summary>
/// Whether a partition answers, and how long this node may be sure of what it was told (README.md, While Redis is away). The answers of the loop and the
/// timer that watches over it both tell it; what they change is changed under the gate.
/// </summary>
internal sealed partial class PartitionContact(PartitionScript script, LinkState state, LinkParts parts, ILogger logger)
{
    /// <summary>How long the others wait for a node that does not answer before they take it as cut off.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    // Counted from before the call that renewed it, so it ends here before it ends there.
    private static readonly TimeSpan OwnLease = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(1);

    private long _calledAt;
    private long _leaseUntil;
    private volatile bool _isAway = true;

    /// <summary>True while the partition does not answer.</summary>
    public bool IsAway => _isAway;

    /// <summary>What is wrong with it, or null.</summary>
    public RedisFaultException? Fault { get; private set; }

    /// <summary>True while the others wait for this node before they go past it.</summary>
    public bool HasLease => parts.Time.GetTimestamp() < Volatile.Read(ref _leaseUntil);

    /// <summary>A call goes out.</summary>
    /// <returns>When.</returns>
    public long BeginCall()
    {
        var calledAt = parts.Time.GetTimestamp();
        Volatile.Write(ref _calledAt, calledAt);
        return calledAt;
    }

    /// <summary>It was answered, or failed.</summary>
    public void EndCall() => Volatile.Write(ref _calledAt, 0);

    /// <summary>Notices a call that takes too long.</summary>
    public void Watch()
    {
        var calledAt = Volatile.Read(ref _calledAt);
        if (calledAt != 0 && !_isAway && parts.Time.GetElapsedTime(calledAt) > SlowAfter)
            GoAway(new RedisFaultException(RedisFault.Slow, "it does not answer in time"));
    }

    /// <summary>The partition answers: the lease is renewed, and what was taken for sure without one is asked for again.</summary>
    /// <param name="calledAt">When the call that it answered went out.</param>
    public void ComeBack(long calledAt)
    {
        lock (state.Gate)
        {
            if (_leaseUntil != 0 && calledAt > _leaseUntil)
                state.Memberships.AskAgain();
            Volatile.Write(ref _leaseUntil, calledAt + (long)(OwnLease.TotalSeconds * parts.Time.TimestampFrequency));
            if (!_isAway)
                return;
            _isAway = false;
        }

        Fault = null;
        if (parts.Outages.End(script.Server, script.Key))
            Log.Back(logger, script.Server);
        else
            Log.PartitionBack(logger, script.Key);
    }

    /// <summary>
    /// The partition does not answer: those who carry no position get now what waits, and from now on at once (LOG-11); whoever waits to begin may.
    /// </summary>
    public void GoAway(RedisFaultException fault)
    {
        if (parts.Outages.Begin(script.Server, script.Key, fault.Fault))
            Log.Away(logger, script.Server, fault.Message);
        else if (Fault is null || Fault.Fault != fault.Fault)
            Log.PartitionAway(logger, script.Key, fault.Message);
        Fault = fault;
        if (_isAway)
            return;
        var drains = new DrainBatch();
        lock (state.Delivering)
        {
            while (TakeAhead() is { Count: > 0 } ahead)
            {
                foreach (var one in ahead)
                {
                    drains.BeginPublish(one.TakenAt);
                    parts.Sink.Deliver(one.Item!, isOwn: true, FanOutScope.WithoutPosition, drains); // Only appends are here.
                }
            }
        }

        drains.Run();
    }

    /// <summary>What is to be sent ahead of the append now. None: from here on whoever publishes sends it ahead.</summary>
    private List<RelayOperation> TakeAhead()
    {
        lock (state.Gate)
        {
            List<RelayOperation> ahead = [.. state.Relay.Open.Where(static one => one is { Kind: RelayKind.Append, IsAhead: false, IsOver: false })];
            foreach (var one in ahead)
                one.IsAhead = true;
            if (ahead.Count == 0)
            {
                // Nobody adds one between.
                _isAway = true;
                state.Memberships.SettleAll();
            }

            return ahead;
        }
    }
}
