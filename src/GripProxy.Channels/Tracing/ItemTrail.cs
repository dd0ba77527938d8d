using System.Diagnostics;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Publishing;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Tracing;

/// <summary>
/// What happens to one followed item, told by those who do it: counted for a receipt, kept and passed on as steps of a trace. The receipt is
/// guarded by the lock of the item's shard, the steps by a lock of their own, because clients are written to outside of it.
/// </summary>
public sealed class ItemTrail
{
    /// <summary>How many steps of connections are kept and passed on (CTL-09); the others are counted.</summary>
    public const int MaxConnectionSteps = 200;

    private readonly Lock _gate = new();
    private readonly Item _item;
    private readonly TraceTargets _targets;
    private readonly TimeProvider _time;
    private readonly long _receivedAt;
    private ItemReceipt? _receipt;
    private long _waitsSince;
    private int _connectionSteps;
    private bool _isRelayed;

    internal ItemTrail(Item item, ItemReceipt? receipt, TraceTargets targets, TimeProvider time)
    {
        _item = item;
        _receipt = receipt;
        _targets = targets;
        _time = time;
        _receivedAt = time.GetTimestamp();
    }

    /// <summary>True if steps are wanted, not only a receipt: then it is worth while to tell when the item was written.</summary>
    public bool IsTraced => !_targets.IsEmpty;

    /// <summary>The span that the item was published by, or nothing.</summary>
    internal ActivityContext Publish { get; init; }

    /// <summary>This became of the item at a connection, now or later: a step, but nothing for the receipt.</summary>
    public void Note(IOutbound outbound, DeliveryOutcome outcome)
    {
        if (!IsTraced)
            return;
        switch (outcome.Kind)
        {
            case DeliveryKind.Queued:
                Add(outbound, TraceStepKind.Queued);
                break;
            case DeliveryKind.NoFormat:
                Add(outbound, TraceStepKind.NoFormat);
                break;
            case DeliveryKind.Filtered:
                Add(outbound, TraceStepKind.Filtered, FilterNames.Of(outcome.Filter!.Value)); // Filtered names one.
                break;
            case DeliveryKind.Dropped:
                Add(outbound, TraceStepKind.Dropped, outcome.Drop!.Value.Word()); // Dropped has one.
                break;
        }
    }

    /// <summary>The item was handed to the network for a connection.</summary>
    public void NoteWritten(IOutbound outbound)
    {
        if (IsTraced)
            Add(outbound, TraceStepKind.Written, number: Seconds(_receivedAt));
    }

    internal void Received(PublisherDoor door, int size) => Add(TraceStepKind.Received, door.Word(), size);

    /// <summary>Something other than delivery: a duplicate, or a predecessor that is missing.</summary>
    internal void Kept(PublishOutcome outcome)
    {
        if (_receipt is not null)
            _receipt.Outcome = outcome;
        switch (outcome)
        {
            case PublishOutcome.Duplicate:
                Add(TraceStepKind.Duplicate);
                break;
            case PublishOutcome.Waiting:
                _waitsSince = _time.GetTimestamp();
                Add(TraceStepKind.Waiting, _item.PrevId);
                break;
            default:
                Add(TraceStepKind.Dropped, outcome.Word());
                break;
        }
    }

    /// <summary>It waits for its predecessor no longer: that came, or took too long.</summary>
    internal void Released(bool isExpired) => Add(TraceStepKind.Released, isExpired ? "expired" : "chained", Seconds(_waitsSince));

    /// <summary>It stands in the log of its channel, where others see it if <paramref name="isVisible"/>. Under the shard lock.</summary>
    internal void Appended(Position position, bool isVisible)
    {
        if (!isVisible)
            return;
        if (_receipt is not null)
            _receipt.Position = position;
        Add(TraceStepKind.Appended, position.ToString());
    }

    /// <summary>It goes the way through the backplane.</summary>
    /// <param name="isAwaited">True: what becomes of it here is known when it comes back.</param>
    internal void Relayed(bool isAwaited)
    {
        Add(TraceStepKind.Relayed);
        if (!isAwaited)
            return;
        _isRelayed = true;
        _receipt?.AwaitLocal();
    }

    /// <summary>A connection matched, and this became of the item there. Under the shard lock.</summary>
    internal void Offered(IOutbound outbound, DeliveryOutcome outcome)
    {
        _receipt?.Count(outcome);
        Note(outbound, outcome);
    }

    internal void Matched(int count) => Add(TraceStepKind.Matched, number: count);

    /// <summary>A connection matched, and the item waits for its turn there (PUB-32). What becomes of it then is noted then.</summary>
    internal void Paced() => _receipt?.Count(DeliveryOutcome.Queued);

    /// <summary>True if somebody waits for what becomes of it, on all nodes.</summary>
    public bool HasReceipt => _receipt is not null;

    /// <summary>Nodes that hold the channel will say what became of it there.</summary>
    public void Expect(IEnumerable<string> nodes) => _receipt?.Expect(nodes);

    /// <summary>A node has said so.</summary>
    public void Report(string node, NodeCounts counts) => _receipt?.Report(node, counts);

    /// <summary>No connection of this node gets it.</summary>
    /// <param name="position">Where it stands in the log of its channel, or null.</param>
    public void EndHere(Position? position)
    {
        if (_receipt is null)
            return;
        _receipt.Position ??= position;
        _receipt.EndLocal();
    }

    /// <summary>The publish is over; the receipt is its caller's now.</summary>
    internal void CloseReceipt()
    {
        if (!_isRelayed)
            _receipt = null;
    }

    /// <summary>What became of it on this node is known.</summary>
    internal void EndHere() => _receipt?.EndLocal();

    private double Seconds(long since) => Math.Round(_time.GetElapsedTime(since).TotalSeconds, 6);

    private void Add(TraceStepKind kind, string? word = null, double number = 0)
    {
        if (!IsTraced)
            return;
        lock (_gate)
            _targets.Add(_item, new TraceStep(_time.GetUtcNow(), kind) { Word = word, Number = number });
    }

    private void Add(IOutbound outbound, TraceStepKind kind, string? word = null, double number = 0)
    {
        lock (_gate)
        {
            _connectionSteps++;
            var step = _connectionSteps <= MaxConnectionSteps
                ? new TraceStep(_time.GetUtcNow(), kind) { Connection = outbound.ConnectionId, Word = word, Number = number }
                : new TraceStep(_time.GetUtcNow(), TraceStepKind.More) { Number = _connectionSteps - MaxConnectionSteps };
            _targets.Add(_item, step);
        }
    }
}
