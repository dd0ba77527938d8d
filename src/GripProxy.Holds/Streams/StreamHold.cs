using System.IO.Pipelines;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Streams;

/// <summary>
/// A stream that is kept open (HTTP-27). Only the queue's writer writes, and the join is the first writer. Guarded by its own lock; the output
/// is owned by the writer.
/// </summary>
internal sealed class StreamHold : Hold
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly PipeWriter _output;
    private readonly OutboundQueue _queue = new();
    private readonly StreamHoldWriter _writer;
    private readonly TaskCompletionSource<CloseReason> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CloseReason? _ending;
    private long _lastSent;

    public StreamHold(HoldRequest request, PipeWriter output, TimeProvider time, ILogger logger)
        : base(request)
    {
        _output = output;
        _time = time;
        _writer = new StreamHoldWriter(request.ConnectionId, output, _queue, logger);
        _lastSent = time.GetTimestamp();
    }

    /// <summary>Why the stream ended, once nothing is written to the client any more.</summary>
    public Task<CloseReason> Completion => _completion.Task;

    /// <summary>Time since an item was sent, for keep-alives in idle mode.</summary>
    public TimeSpan QuietFor => _time.GetElapsedTime(Volatile.Read(ref _lastSent));

    /// <inheritdoc/>
    public override DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        var format = item.HttpStream;
        switch (format?.Action)
        {
            case ItemAction.Send:
                Volatile.Write(ref _lastSent, _time.GetTimestamp());
                return ToOutcome(_queue.Enqueue(format.Content, subscription.Rule), drains);
            case ItemAction.Close:
                return BeginEnd(CloseReason.Published) ? ToOutcome(_queue.Close(), drains) : DeliveryOutcome.ConnectionClosed;
            default:
                return DeliveryOutcome.NoFormat;
        }
    }

    /// <inheritdoc/>
    public override void Recover(DrainBatch drains)
    {
        // Nothing to fetch from: a stream without next link cannot be recovered (HTTP-37).
    }

    /// <inheritdoc/>
    public override void Drain() => _ = WriteAsync(); // Never faults: the writer turns what goes wrong into a reason.

    /// <summary>Sends bytes that are no item, unless items wait to be written.</summary>
    public void SendKeepAlive(ReadOnlyMemory<byte> data)
    {
        if (_queue.Bytes == 0 && _queue.Enqueue(data, ChannelRule.Default) == EnqueueResult.StartWriter)
            Drain();
    }

    /// <inheritdoc/>
    public override void End(CloseReason reason)
    {
        if (!BeginEnd(reason))
            return;
        // A pending write must not wait for a client that is gone or does not read.
        if (reason != CloseReason.Published)
            _output.CancelPendingFlush();
        if (_queue.Close() == EnqueueResult.StartWriter)
            Drain();
    }

    /// <summary>
    /// The writer: writes what waits, and completes the hold if it has to end or cannot be written to. The first call is the join's, with the
    /// initial body.
    /// </summary>
    public async Task WriteAsync(ReadOnlyMemory<byte>? opening = null)
    {
        var broken = await _writer.RunAsync(opening);
        if (broken is not null)
        {
            BeginEnd(broken.Value);
            _queue.Close();
        }

        CloseReason? ending;
        lock (_gate)
            ending = _ending;
        if (ending is not null)
            _completion.TrySetResult(ending.Value);
    }

    private DeliveryOutcome ToOutcome(EnqueueResult result, DrainBatch drains)
    {
        switch (result)
        {
            case EnqueueResult.StartWriter:
                drains.Add(this);
                return DeliveryOutcome.Queued;
            case EnqueueResult.Waiting:
                return DeliveryOutcome.Queued;
            case EnqueueResult.Overflow:
                End(CloseReason.Overflow);
                return DeliveryOutcome.QueueFull;
            case EnqueueResult.Dropped:
                return DeliveryOutcome.QueueFull;
            default:
                return DeliveryOutcome.ConnectionClosed;
        }
    }

    private bool BeginEnd(CloseReason reason)
    {
        lock (_gate)
        {
            if (_ending is not null)
                return false;
            _ending = reason;
            return true;
        }
    }
}
