using GripProxy.Channels.Outcomes;
using GripProxy.Protocol;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Publishing;

/// <summary>
/// What became of one published item at the connections of all nodes (CTL-07). Filled while the item is published, by several threads if it goes
/// through a backplane; nobody changes it once the publish has returned. A delivery that waits for its turn (<c>message_rate</c>) or for a filter that
/// takes time counts as queued: the publish does not wait for it.
/// </summary>
public sealed class ItemReceipt
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _missing = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _nodes = new(StringComparer.Ordinal);
    private TaskCompletionSource? _settled;
    private bool _isLocalOver = true;
    private bool _isClosed;

    internal ItemReceipt(Item item) => Item = item;

    /// <summary>The item.</summary>
    public Item Item { get; }

    /// <summary>What became of it as a whole.</summary>
    public PublishOutcome Outcome { get; internal set; } = PublishOutcome.Delivered;

    /// <summary>Where it stands in the log of its channel, or null: in none (CTL-07).</summary>
    public Position? Position { get; internal set; }

    /// <summary>The id of the item that it waits for or would have had to wait for, or null.</summary>
    public string? WaitsFor =>
        Outcome is PublishOutcome.Waiting or PublishOutcome.PlaceTaken or PublishOutcome.TooManyWait ? Item.PrevId : null;

    /// <summary>Subscriptions of its channel, whatever became of it there: the sum of the four below.</summary>
    public int Matched { get; private set; }

    /// <summary>Connections in whose queue it stands. Not: that have it.</summary>
    public int Queued { get; private set; }

    /// <summary>Connections of a kind that the item says nothing to (PUB-15).</summary>
    public int NoFormat { get; private set; }

    /// <summary>How many connections each filter kept it from (FLT-01).</summary>
    public SortedDictionary<FilterKind, int> Filtered { get; } = [];

    /// <summary>How many connections lost it, by reason.</summary>
    public SortedDictionary<DropReason, int> Dropped { get; } = [];

    /// <summary>Nodes that hold its channel and have not answered in time. This one has no name here: it is among them as an empty text.</summary>
    public IReadOnlyCollection<string> Missing => _missing;

    /// <summary>Subscriptions on each other node that has answered.</summary>
    public IReadOnlyDictionary<string, int> OtherNodes => _nodes;

    /// <summary>Subscriptions on this node.</summary>
    public int MatchedHere => Matched - _nodes.Values.Sum();

    /// <summary>What became of it here, for the node that it came from.</summary>
    public NodeCounts ToCounts() => new(Queued, NoFormat, Filtered, Dropped);

    /// <summary>Ends when all have answered.</summary>
    internal Task Settled
    {
        get
        {
            lock (_gate)
            {
                if (IsSettled)
                    return Task.CompletedTask;
                _settled ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _settled.Task;
            }
        }
    }

    private bool IsSettled => _isLocalOver && _missing.Count == 0;

    /// <summary>It goes through the backplane: what becomes of it here is known later.</summary>
    internal void AwaitLocal()
    {
        lock (_gate)
            _isLocalOver = false;
    }

    /// <summary>What becomes of it here is known now.</summary>
    internal void EndLocal()
    {
        lock (_gate)
        {
            _isLocalOver = true;
            Settle();
        }
    }

    /// <summary>Other nodes will answer.</summary>
    internal void Expect(IEnumerable<string> nodes)
    {
        lock (_gate)
        {
            if (!_isClosed)
                _missing.UnionWith(nodes);
        }
    }

    /// <summary>Another node has answered.</summary>
    internal void Report(string node, NodeCounts counts)
    {
        lock (_gate)
        {
            if (_isClosed || !_missing.Remove(node))
                return;
            _nodes[node] = _nodes.GetValueOrDefault(node) + counts.Matched;
            Matched += counts.Matched;
            Queued += counts.Queued;
            NoFormat += counts.NoFormat;
            foreach (var (filter, count) in counts.Filtered)
                Filtered[filter] = Filtered.GetValueOrDefault(filter) + count;
            foreach (var (reason, count) in counts.Dropped)
                Dropped[reason] = Dropped.GetValueOrDefault(reason) + count;
            Settle();
        }
    }

    /// <summary>Nothing changes it from now on.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (!_isLocalOver)
                _missing.Add("");
        }
    }

    private void Settle()
    {
        if (IsSettled)
            _settled?.TrySetResult();
    }

    internal void Count(DeliveryOutcome outcome)
    {
        lock (_gate)
        {
            if (!_isClosed)
                CountOne(outcome);
        }
    }

    private void CountOne(DeliveryOutcome outcome)
    {
        Matched++;
        switch (outcome.Kind)
        {
            case DeliveryKind.Queued:
                Queued++;
                break;
            case DeliveryKind.NoFormat:
                NoFormat++;
                break;
            case DeliveryKind.Filtered:
                var filter = outcome.Filter!.Value; // Filtered names one.
                Filtered[filter] = Filtered.GetValueOrDefault(filter) + 1;
                break;
            case DeliveryKind.Dropped:
                var reason = outcome.Drop!.Value; // Dropped has one.
                Dropped[reason] = Dropped.GetValueOrDefault(reason) + 1;
                break;
        }
    }
}
