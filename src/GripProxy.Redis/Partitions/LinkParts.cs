using GripProxy.Channels.Backplane;
using GripProxy.Redis.Diagnostics;
using GripProxy.Redis.Nodes;
using GripProxy.Redis.Relay;

namespace GripProxy.Redis.Partitions;

/// <summary>What all partitions of a node share. Immutable.</summary>
/// <param name="Node">Who this node is.</param>
/// <param name="Times">Times of publishing.</param>
/// <param name="Budget">What may wait.</param>
/// <param name="Retention">How long a node may be cut off without loss.</param>
/// <param name="Sink">Takes what comes.</param>
/// <param name="Receipts">Collects what other nodes say of items from here.</param>
/// <param name="Questions">What nodes ask each other.</param>
/// <param name="Outages">What is in the log once for each Redis.</param>
/// <param name="Instruments">Counts.</param>
/// <param name="Time">The clock.</param>
internal sealed record LinkParts(
    NodeIdentity Node, RelayTimes Times, RelayBudget Budget, TimeSpan Retention, IBackplaneSink Sink, ReceiptBook Receipts, QuestionBook Questions,
    PartitionOutages Outages, ClusterInstruments Instruments, TimeProvider Time);
