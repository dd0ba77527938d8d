using GripProxy.Redis.Memberships;
using GripProxy.Redis.Relay;
using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

/// <summary>
/// What this node has to tell one partition and knows of its channels. The gate guards relay and memberships; it is taken under the lock of a shard, never the
/// other way round, so nothing here calls the sink under it.
/// </summary>
internal sealed partial class LinkState
{
    private readonly LinkParts _parts;
    private readonly ILogger _logger;

    /// <summary>Nothing is to be told, and no channel is known.</summary>
    public LinkState(LinkParts parts, ILogger logger)
    {
        _parts = parts;
        _logger = logger;
        Relay = new PartitionRelay(parts.Budget, parts.Time);
        Memberships = new MembershipBook(Relay, parts.Time);
    }

    /// <summary>Guards <see cref="Relay"/> and <see cref="Memberships"/>.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Held while items are delivered, so that those that were delivered ahead do not come after later ones. Taken before the gate.</summary>
    public Lock Delivering { get; } = new();

    /// <summary>What is to be told.</summary>
    public PartitionRelay Relay { get; }

    /// <summary>What is known of the channels.</summary>
    public MembershipBook Memberships { get; }

    /// <summary>Has something told with the next call.</summary>
    public void Tell(RelayOperation message)
    {
        lock (Gate)
            Relay.Add(message);
    }

    /// <summary>Makes all that is held of this partition ask the origins.</summary>
    public void RecoverAll()
    {
        string[] open;
        lock (Gate)
            open = [.. Memberships.All.Where(static membership => membership.IsOpen).Select(static membership => membership.Channel)];
        foreach (var channel in open)
            Recover(channel);
    }

    /// <summary>Makes all that is held of a channel ask the origins.</summary>
    public void Recover(string channel)
    {
        _parts.Instruments.Recovered();
        _parts.Sink.Recover(channel);
    }

    /// <summary>The channel's key in Redis holds something else: it is said and counted.</summary>
    public void MeetForeign(string channel)
    {
        Log.ForeignChannel(_logger, channel);
        _parts.Instruments.Foreign();
    }
}
