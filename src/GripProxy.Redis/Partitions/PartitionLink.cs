using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Protocol.Items;
using GripProxy.Redis.Client;
using GripProxy.Redis.Diagnostics;
using GripProxy.Redis.Items;
using GripProxy.Redis.Memberships;
using GripProxy.Redis.Relay;
using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

/// <summary>
/// This node's part in one partition, as publishers and holds see it: what they want is noted under the gate of its <see cref="LinkState"/>, and the loop
/// tells it to Redis. Thread-safe.
/// </summary>
internal sealed partial class PartitionLink : IDisposable
{
    private readonly PartitionScript _script;
    private readonly LinkParts _parts;
    private readonly ILogger _logger;
    private readonly LinkState _state;
    private readonly PartitionContact _contact;
    private readonly PartitionLoop _loop;

    public PartitionLink(PartitionScript script, LinkParts parts, ILogger logger)
    {
        _script = script;
        _parts = parts;
        _logger = logger;
        _state = new LinkState(parts, logger);
        _contact = new PartitionContact(script, _state, parts, logger);
        _loop = new PartitionLoop(script, _state, _contact, parts, logger);
        parts.Outages.Add(script.Server, script.Key);
    }

    /// <summary>True while the partition does not answer.</summary>
    public bool IsAway => _contact.IsAway;

    /// <summary>What is wrong with it, or null.</summary>
    public RedisFaultException? Fault => _contact.Fault;

    /// <summary>True: it calls nobody, as on a machine that hangs. For tests.</summary>
    public bool IsHeldUp
    {
        get => _loop.IsHeldUp;
        set => _loop.IsHeldUp = value;
    }

    /// <summary>The script, for reading logs.</summary>
    public PartitionScript Script => _script;

    /// <summary>The generation that logs are read in; empty: not known.</summary>
    public string Generation => _loop.Generation;

    /// <summary>True if this node is sure to be the only one that holds the channel.</summary>
    public bool IsSolo(string channel) => _state.Memberships.Find(channel) is { State: MembershipState.Solo, InFlight: 0 } && _contact.HasLease;

    /// <summary>Takes an item (<see cref="IBackplane.Send"/>).</summary>
    public BackplaneAnswer Send(Item item, ChannelRule rule, bool isOverdue)
    {
        if (ArrivedItem.Is(item))
            return new BackplaneAnswer(BackplaneStep.FanOut, item);
        if (rule.KeptItems == 0 && _state.Memberships.Find(item.Channel) is { } known
            && (known.State == MembershipState.Foreign || (known is { State: MembershipState.Solo or MembershipState.Nobody, InFlight: 0 } && _contact.HasLease)))
            return new BackplaneAnswer(BackplaneStep.FanOut, item);

        var body = ItemCodec.Write(item, ReceiptBook.IsWanted(item));
        bool isAhead;
        lock (_state.Gate)
        {
            isAhead = _contact.IsAway;
            var append = RelayOperation.Append(item, rule, _state.Memberships.Use(item.Channel), body, isOverdue, _parts.Time.GetTimestamp());
            append.IsAhead = isAhead;
            foreach (var dropped in _state.Relay.AddAppend(append) ?? [])
            {
                _state.Memberships.Return(dropped.Membership!); // Only appends are dropped.
                _parts.Instruments.Lost(ClusterInstruments.RelayFull);
            }
        }

        _loop.Wake();
        return new BackplaneAnswer(isAhead ? BackplaneStep.FanOutAhead : BackplaneStep.Wait, item);
    }

    /// <summary>Completes when all items that were taken before are in Redis, or dropped.</summary>
    public Task WhenAppended()
    {
        lock (_state.Gate)
            return _state.Relay.WhenAppended();
    }

    /// <summary>Somebody holds the channel here. Under the lock of its shard.</summary>
    public void Open(string channel, bool isLogged)
    {
        lock (_state.Gate)
            _state.Memberships.Open(channel, isLogged, _contact.IsAway);
        _loop.Wake();
    }

    /// <summary>Nobody does any more. Under the lock of its shard.</summary>
    public void Close(string channel)
    {
        lock (_state.Gate)
            _state.Memberships.Close(channel);
        _loop.Wake();
    }

    /// <summary>Ends when nobody can publish past this node any more, or Redis is away.</summary>
    public Task WhenJoined(string channel)
    {
        if (_state.Memberships.Find(channel) is not { IsOpen: true } membership || membership.State is not MembershipState.Asking)
            return Task.CompletedTask;
        lock (_state.Gate)
            return membership.State == MembershipState.Asking && !_contact.IsAway ? membership.Settled : Task.CompletedTask;
    }

    /// <summary>Sends a message to another node.</summary>
    public void Tell(RelayOperation message) => _loop.Tell(message);

    /// <summary>There is something to do.</summary>
    public void Wake() => _loop.Wake();

    /// <summary>Called four times a second: notices a call that takes too long.</summary>
    public void Watch() => _contact.Watch();

    /// <summary>Called once a second: renews the lease, looks after nodes that are gone, reads what no wake told of.</summary>
    public void Tick() => _loop.Tick();

    /// <summary>Talks to the partition until stopped. Never throws.</summary>
    public Task RunAsync(CancellationToken stop) => _loop.RunAsync(stop);

    /// <summary>Says good-bye, if the partition answers. Never throws.</summary>
    public async Task LeaveAsync()
    {
        try
        {
            if (!_contact.IsAway)
                await _script.ByeAsync(_parts.Node.Run);
        }
        catch (RedisFaultException fault)
        {
            Log.ByeFailed(_logger, _script.Server, fault.Message);
        }
    }

    /// <summary>For the end, when the loop has ended.</summary>
    public void Dispose() => _loop.Dispose();
}
