using GripProxy.Channels.Delivery;
using GripProxy.Redis.Client;
using GripProxy.Redis.Relay;
using Microsoft.Extensions.Logging;

namespace GripProxy.Redis.Partitions;

/// <summary>
/// Talks to one partition, in one call at a time (README.md): each tells what is to be told and takes what came. Runs as one task; what is public may be
/// called from any thread.
/// </summary>
internal sealed partial class PartitionLoop : IDisposable
{
    private static readonly TimeSpan Backoff = TimeSpan.FromMilliseconds(250);
    private const int MaxRead = 256;

    private readonly SemaphoreSlim _work = new(0, 1);
    private readonly PartitionScript _script;
    private readonly LinkState _state;
    private readonly PartitionContact _contact;
    private readonly LinkParts _parts;
    private readonly ILogger _logger;
    private readonly OwnAppends _appends;
    private readonly StepReader _reader;
    private readonly PartitionGreeting _greeting;
    private bool _isGreeted;
    private bool _hasMore;
    private volatile bool _isSweepDue;

    public PartitionLoop(PartitionScript script, LinkState state, PartitionContact contact, LinkParts parts, ILogger logger)
    {
        _script = script;
        _state = state;
        _contact = contact;
        _parts = parts;
        _logger = logger;
        _appends = new OwnAppends(state, parts);
        _reader = new StepReader(state, _appends, parts, Tell, logger);
        _greeting = new PartitionGreeting(script, state, _appends, _reader, parts, logger);
    }

    /// <summary>The generation that logs are read in; empty: not known.</summary>
    public string Generation => _greeting.Generation;

    /// <summary>True: it calls nobody, as on a machine that hangs. For tests.</summary>
    public bool IsHeldUp { get; set; }

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
                _contact.EndCall();
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

    /// <summary>Sends a message to another node.</summary>
    public void Tell(RelayOperation message)
    {
        _state.Tell(message);
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

    /// <summary>Called once a second: renews the lease, looks after nodes that are gone, reads what no wake told of.</summary>
    public void Tick()
    {
        _isSweepDue = true;
        Wake();
    }

    /// <summary>For the end, when it has ended.</summary>
    public void Dispose() => _work.Dispose();

    private async Task FailAsync(RedisFaultException fault, CancellationToken stop)
    {
        _contact.GoAway(fault);
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
        _isGreeted = await _greeting.GreetAsync(_contact);
        _hasMore |= !_isGreeted;
    }

    /// <summary>The next turn begins with a _greeting, which tells what is the matter.</summary>
    private void GreetAgain()
    {
        _isGreeted = false;
        _hasMore = true;
    }

    private async Task StepAsync()
    {
        if (_state.Relay.HasLostTooMuch)
        {
            await _greeting.LoseAllAsync();
            GreetAgain();
            return;
        }

        List<RelayOperation> batch;
        lock (_state.Gate)
        {
            _state.Relay.ForgetOld();
            _appends.ReleaseLate();
            _state.Memberships.AskAgainForLate(PartitionContact.Lease + TimeSpan.FromSeconds(2));
            batch = _state.Relay.TakeBatch();
        }

        var isSweep = _isSweepDue;
        _isSweepDue = false;
        var arguments = new ScriptArguments().Add("step").Add(Generation).Add(_parts.Node.Run).Add(_reader.Inbox).Add(MaxRead)
            .Add(PartitionScript.Seed()).Add((long)PartitionContact.Lease.TotalMilliseconds).Add(isSweep ? (long)_parts.Retention.TotalMilliseconds : 0).Add(batch.Count);
        foreach (var operation in batch)
            operation.AddTo(arguments, _parts.Times);
        var calledAt = _contact.BeginCall();
        var reply = await _script.RunAsync(arguments);
        _contact.EndCall();
        if (reply[0].Text != "ok")
        {
            // Another server, another birth, or cut off for too long.
            GreetAgain();
            return;
        }

        Read(batch, reply, calledAt);
    }

    private void Read(List<RelayOperation> batch, Reply reply, long calledAt)
    {
        _contact.ComeBack(calledAt);
        var drains = new DrainBatch();
        bool isWhole;
        lock (_state.Delivering)
        {
            _reader.ReadResults(batch, reply[1], drains);
            isWhole = _reader.ReadInbox(reply[2], drains);
            if (!isWhole)
            {
                Log.InboxHole(_logger, _script.Server, _script.Key);
                _state.RecoverAll();
            }
        }

        drains.Run();
        lock (_state.Gate)
            _hasMore = reply[2].Count > 0 || _state.Relay.HasWaiting;
    }
}
