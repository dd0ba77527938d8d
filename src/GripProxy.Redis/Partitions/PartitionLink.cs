using GripProxy.Channels.Backplane;
using GripProxy.Channels.Delivery;
using GripProxy.Protocol.Items;
using GripProxy.Redis.Client;
using GripProxy.Redis.Diagnostics;
using GripProxy.Redis.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

/// <summary>
/// This node's part in one partition: one loop that tells what is to be told and takes what came, in one call at a time (README.md). The gate guards relay
/// and routes; it is taken under the lock of a shard, never the other way round.
/// </summary>
internal sealed partial class PartitionLink : IDisposable
{
    /// <summary>How long the others wait for a node that does not answer before they take it as cut off.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    // Counted from before the call that renewed it, so it ends here before it ends there.
    private static readonly TimeSpan OwnLease = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(250);
    private const int MaxRead = 256;

    private readonly Lock _gate = new();
    // Held while items are delivered, so that those that were delivered ahead do not come after later ones.
    private readonly Lock _delivering = new();
    private readonly PartitionScript _script;
    private readonly LinkParts _parts;
    private readonly ILogger _logger;
    private readonly PartitionRelay _relay;
    private readonly RouteBook _routes;
    private readonly StepReader _reader;
    private readonly SemaphoreSlim _work = new(0, 1);
    private string _generation = "";
    private bool _isGreeted;
    private bool _isKnown;
    private bool _hasMore;
    private long _calledAt;
    private long _leaseUntil;
    private volatile bool _isAway = true;
    private volatile bool _isSweepDue;

    public PartitionLink(PartitionScript script, LinkParts parts, ILogger logger)
    {
        _script = script;
        _parts = parts;
        _logger = logger;
        _relay = new PartitionRelay(parts.Budget, parts.Time);
        _routes = new RouteBook(_relay, parts.Time);
        _reader = new StepReader(_gate, _relay, _routes, parts, Tell, logger);
        parts.Outages.Add(script.Server, script.Key);
    }

    /// <summary>True while the partition does not answer.</summary>
    public bool IsAway => _isAway;

    /// <summary>What is wrong with it, or null.</summary>
    public RedisFaultException? Fault { get; private set; }

    /// <summary>True: it calls nobody, as on a machine that hangs. For tests.</summary>
    public bool IsHeldUp { get; set; }

    /// <summary>The script, for reading logs.</summary>
    public PartitionScript Script => _script;

    /// <summary>The generation that logs are read in; empty: not known.</summary>
    public string Generation => Volatile.Read(ref _generation);

    private bool HasLease => _parts.Time.GetTimestamp() < Volatile.Read(ref _leaseUntil);

    /// <summary>True if this node is sure to be the only one that holds the channel.</summary>
    public bool IsSolo(string channel) => _routes.Find(channel) is { State: RouteState.Solo, InFlight: 0 } && HasLease;

    /// <summary>Takes an item (<see cref="IBackplane.Send"/>).</summary>
    public BackplaneAnswer Send(Item item, ChannelRule rule, bool isOverdue)
    {
        if (ArrivedItem.Is(item))
            return new BackplaneAnswer(BackplaneStep.FanOut, item);
        if (rule.KeptItems == 0 && _routes.Find(item.Channel) is { } known
            && (known.State == RouteState.Foreign || (known is { State: RouteState.Solo or RouteState.Nobody, InFlight: 0 } && HasLease)))
            return new BackplaneAnswer(BackplaneStep.FanOut, item);

        var body = ItemCodec.Write(item, ReceiptBook.IsWanted(item));
        bool isAhead;
        lock (_gate)
        {
            isAhead = _isAway;
            var append = RelayOperation.Append(item, rule, _routes.Use(item.Channel), body, isOverdue, _parts.Time.GetTimestamp());
            append.IsAhead = isAhead;
            foreach (var dropped in _relay.AddAppend(append) ?? [])
            {
                _routes.Return(dropped.Route!); // Only appends are dropped.
                _parts.Instruments.Lost(ClusterInstruments.RelayFull);
            }
        }

        Wake();
        return new BackplaneAnswer(isAhead ? BackplaneStep.FanOutAhead : BackplaneStep.Wait, item);
    }

    /// <summary>Completes when all items that were taken before are in Redis, or dropped.</summary>
    public Task WhenAppended()
    {
        lock (_gate)
            return _relay.WhenAppended();
    }

    /// <summary>Somebody holds the channel here. Under the lock of its shard.</summary>
    public void Open(string channel, bool isLogged)
    {
        lock (_gate)
            _routes.Open(channel, isLogged, _isAway);
        Wake();
    }

    /// <summary>Nobody does any more. Under the lock of its shard.</summary>
    public void Close(string channel)
    {
        lock (_gate)
            _routes.Close(channel);
        Wake();
    }

    /// <summary>Ends when nobody can publish past this node any more, or Redis is away.</summary>
    public Task WhenJoined(string channel)
    {
        if (_routes.Find(channel) is not { IsOpen: true } route || route.State is not RouteState.Asking)
            return Task.CompletedTask;
        lock (_gate)
            return route.State == RouteState.Asking && !_isAway ? route.Settled : Task.CompletedTask;
    }

    /// <summary>Sends a message to another node.</summary>
    public void Tell(RelayOperation message)
    {
        lock (_gate)
            _relay.Add(message);
        Wake();
    }

    /// <summary>There is something to do.</summary>
    public void Wake()
    {
        if (_work.CurrentCount > 0)
            return;
        try
        {
            _work.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody was quicker.
        }
        catch (ObjectDisposedException)
        {
            // Holds that end after the cluster's part of this node has.
        }
    }

    /// <summary>Called four times a second: notices a call that takes too long.</summary>
    public void Watch()
    {
        var calledAt = Volatile.Read(ref _calledAt);
        if (calledAt != 0 && !_isAway && _parts.Time.GetElapsedTime(calledAt) > SlowAfter)
            GoAway(new RedisFaultException(RedisFault.Slow, "it does not answer in time"));
    }

    /// <summary>Called once a second: renews the lease, looks after nodes that are gone, reads what no wake told of.</summary>
    public void Tick()
    {
        _isSweepDue = true;
        Wake();
    }

    /// <summary>Talks to the partition until stopped. Never throws.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (!_isGreeted)
                    await GreetAsync();
                if (_isGreeted && !IsHeldUp)
                    await StepAsync();
                if (!_hasMore || IsHeldUp)
                    await _work.WaitAsync(stop);
            }
            catch (RedisFaultException fault)
            {
                Volatile.Write(ref _calledAt, 0);
                _isGreeted = false;
                if (!fault.IsUnknownScript)
                    await FailAsync(fault, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                // A mistake of ours must not end the cluster's part of this node.
                Log.Failed(_logger, error);
                _isGreeted = false;
                await FailAsync(new RedisFaultException(RedisFault.Other, error.Message), stop);
            }
        }
    }

    /// <summary>Says good-bye, if the partition answers. Never throws.</summary>
    public async Task LeaveAsync()
    {
        try
        {
            if (!_isAway)
                await _script.ByeAsync(_parts.Node.Run);
        }
        catch (RedisFaultException fault)
        {
            Log.ByeFailed(_logger, _script.Server, fault.Message);
        }
    }

    /// <summary>For the end, when the loop has ended.</summary>
    public void Dispose() => _work.Dispose();

    private async Task FailAsync(RedisFaultException fault, CancellationToken stop)
    {
        GoAway(fault);
        try
        {
            await Task.Delay(Backoff, _parts.Time, stop);
        }
        catch (OperationCanceledException)
        {
            // The loop looks at the token itself.
        }
    }

    private async Task GreetAsync()
    {
        Volatile.Write(ref _calledAt, _parts.Time.GetTimestamp());
        var hello = await _script.HelloAsync(_parts.Node.Run, _parts.Node.Wake);
        Volatile.Write(ref _calledAt, 0);
        if (hello.Generation != _generation || !hello.WasKnown)
        {
            var isLost = _isKnown && (!hello.WasKnown || Hello.BirthOf(hello.Generation) != Hello.BirthOf(_generation));
            bool isWhole;
            lock (_gate)
                isWhole = Rewind(hello, isLost);
            if (!isWhole)
            {
                await LoseAllAsync(hello.Generation);
                return;
            }

            _reader.ForgetInbox();
            if (isLost)
            {
                if (_parts.Outages.Lose(_script.Server))
                    Log.Lost(_logger, _script.Server);
                else
                    Log.PartitionLost(_logger, _script.Key);
                lock (_delivering)
                    _reader.RecoverAll();
            }

            Volatile.Write(ref _generation, hello.Generation);
        }

        _isKnown = true;
        _isGreeted = true;
    }

    /// <summary>More was lost than can be named: all nodes recover, this one when it greets again.</summary>
    private async Task LoseAllAsync(string generation)
    {
        Log.Rebirth(_logger, _script.Server, _script.Key);
        await _script.RebirthAsync(generation);
        lock (_gate)
            _reader.EndAll(_relay.ForgetLost());
        _isGreeted = false;
        _hasMore = true;
    }

    /// <summary>Prepares to tell again what the server does not know. False: that is not here any more.</summary>
    private bool Rewind(Hello hello, bool isLost)
    {
        if (isLost || !_isKnown)
            _reader.EndAll(_relay.ForgetAnswered());
        else if (!_relay.TryRewind(hello.LastSeq))
            return false;
        _relay.ForgetMemberships();
        _routes.AskAgain();
        return true;
    }

    private async Task StepAsync()
    {
        List<RelayOperation> batch;
        if (_relay.HasLostTooMuch)
        {
            await LoseAllAsync(_generation);
            return;
        }

        lock (_gate)
        {
            _relay.ForgetOld();
            _reader.ReleaseLate();
            _routes.AskAgainForLate(Lease + TimeSpan.FromSeconds(2));
            batch = _relay.TakeBatch();
        }

        var isSweep = _isSweepDue;
        _isSweepDue = false;
        var arguments = new ScriptArguments().Add("step").Add(_generation).Add(_parts.Node.Run).Add(_reader.Inbox).Add(MaxRead)
            .Add(PartitionScript.Seed()).Add((long)Lease.TotalMilliseconds).Add(isSweep ? (long)_parts.Retention.TotalMilliseconds : 0).Add(batch.Count);
        foreach (var operation in batch)
            operation.AddTo(arguments, _parts.Times);
        var calledAt = _parts.Time.GetTimestamp();
        Volatile.Write(ref _calledAt, calledAt);
        var reply = await _script.RunAsync(arguments);
        Volatile.Write(ref _calledAt, 0);
        if (reply[0].Text != "ok")
        {
            // Another server, another birth, or cut off for too long: the greeting tells which.
            _isGreeted = false;
            _hasMore = true;
            return;
        }

        Read(batch, reply, calledAt);
    }

    private void Read(List<RelayOperation> batch, Reply reply, long calledAt)
    {
        ComeBack(calledAt);
        var drains = new DrainBatch();
        bool isWhole;
        lock (_delivering)
        {
            _reader.ReadResults(batch, reply[1], drains);
            isWhole = _reader.ReadInbox(reply[2], drains);
            if (!isWhole)
            {
                Log.InboxHole(_logger, _script.Server, _script.Key);
                _reader.RecoverAll();
            }
        }

        drains.Run();
        lock (_gate)
            _hasMore = reply[2].Count > 0 || _relay.HasWaiting;
    }

    /// <summary>The partition answers: the lease is renewed, and what was taken for sure without one is asked for again.</summary>
    private void ComeBack(long calledAt)
    {
        lock (_gate)
        {
            if (_leaseUntil != 0 && calledAt > _leaseUntil)
                _routes.AskAgain();
            Volatile.Write(ref _leaseUntil, calledAt + (long)(OwnLease.TotalSeconds * _parts.Time.TimestampFrequency));
            if (!_isAway)
                return;
            _isAway = false;
        }

        Fault = null;
        if (_parts.Outages.End(_script.Server, _script.Key))
            Log.Back(_logger, _script.Server);
        else
            Log.PartitionBack(_logger, _script.Key);
    }

    /// <summary>
    /// The partition does not answer: those who carry no position get now what waits, and from now on at once (LOG-11); whoever waits to begin may.
    /// </summary>
    private void GoAway(RedisFaultException fault)
    {
        if (_parts.Outages.Begin(_script.Server, _script.Key, fault.Fault))
            Log.Away(_logger, _script.Server, fault.Message);
        else if (Fault is null || Fault.Fault != fault.Fault)
            Log.PartitionAway(_logger, _script.Key, fault.Message);
        Fault = fault;
        if (_isAway)
            return;
        var drains = new DrainBatch();
        lock (_delivering)
        {
            while (true)
            {
                List<RelayOperation> ahead;
                lock (_gate)
                {
                    ahead = [.. _relay.Open.Where(static one => one is { Kind: RelayKind.Append, IsAhead: false, IsOver: false })];
                    if (ahead.Count == 0)
                    {
                        // Nobody adds one between: from here on they are sent ahead by whoever publishes them.
                        _isAway = true;
                        _routes.SettleAll();
                        break;
                    }

                    foreach (var one in ahead)
                        one.IsAhead = true;
                }

                foreach (var one in ahead)
                {
                    drains.BeginPublish(one.TakenAt);
                    _parts.Sink.Deliver(one.Item!, isOwn: true, FanOutScope.WithoutPosition, drains); // Only appends are here.
                }
            }
        }

        drains.Run();
    }
}
