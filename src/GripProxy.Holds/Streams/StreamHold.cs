using System.IO.Pipelines;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Holds.Links;
using GripProxy.Protocol.Items;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Streams;

/// <summary>
/// A stream as its channels see it (HTTP-27): takes items, keeps them back while <see cref="StreamRun"/> joins or fetches, and checks that
/// they follow each other where the subscription gave a prev-id (HTTP-35). Guarded by its own lock.
/// </summary>
internal sealed class StreamHold : Hold
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly UpdateScheduler _updates;
    private readonly PipeWriter _output;
    private readonly OutboundQueue _queue = new();
    private readonly HeldBackItems _heldBack = new();
    private StreamPhase _phase = StreamPhase.Joining;
    private TaskCompletionSource? _change;
    private CloseReason? _ending;
    private Uri? _next;
    private CancellationTokenSource? _endSource;
    private bool _isBroken;
    private bool _mustCut;
    private bool _fetchIsPlanned;
    private bool _fetchAgain;
    private int _quietChannels;
    private long _lastSent;
    private long _lastActive;

    public StreamHold(HoldRequest request, PipeWriter output, UpdateScheduler updates, TimeProvider time, ILogger logger)
        : base(request)
    {
        _output = output;
        _updates = updates;
        _time = time;
        Writer = new StreamHoldWriter(request.ConnectionId, output, _queue, logger);
        _lastSent = _lastActive = time.GetTimestamp();
    }

    /// <summary>The one writer; owned by the run whenever it is not in <see cref="HoldAsync"/>.</summary>
    public StreamHoldWriter Writer { get; }

    /// <summary>Time since an item was sent, for keep-alives in idle mode.</summary>
    public TimeSpan QuietFor => _time.GetElapsedTime(Volatile.Read(ref _lastSent));

    /// <summary>Time since all channels had an item, for the next link's timeout (HTTP-30).</summary>
    public TimeSpan InactiveFor => _time.GetElapsedTime(Volatile.Read(ref _lastActive));

    /// <inheritdoc/>
    public override DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        if (item.HttpStream is not { } format || format.Action == ItemAction.Refresh)
            return DeliveryOutcome.NoFormat;
        EnqueueResult result;
        lock (_gate)
        {
            if (_phase == StreamPhase.Ending)
                return DeliveryOutcome.ConnectionClosed;
            if (_phase == StreamPhase.Held && subscription.PrevId is not null && subscription.PrevId != item.PrevId)
            {
                // Something is missing before this item: the origin knows what.
                subscription.ForgetLastId();
                MoveTo(StreamPhase.Fetching);
            }

            result = _phase == StreamPhase.Held ? Pass(subscription, item, format) : _heldBack.Add(subscription, item);
            // The cut itself touches the output, which has no place under the shard lock.
            _mustCut |= result == EnqueueResult.Overflow && BeginEnd(CloseReason.Overflow);
        }

        if (result is EnqueueResult.StartWriter or EnqueueResult.Overflow)
            drains.Add(this);
        return result is EnqueueResult.StartWriter or EnqueueResult.Waiting ? DeliveryOutcome.Queued : DeliveryOutcome.QueueFull;
    }

    /// <inheritdoc/>
    public override void Update(UpdateCause cause, DrainBatch drains) => FetchSoon();

    /// <summary>Fetches the next link, if there is one, when its turn comes among all holds that have the same.</summary>
    public void FetchSoon()
    {
        lock (_gate)
        {
            _fetchAgain = _phase is StreamPhase.Joining or StreamPhase.Fetching;
            PlanFetch();
        }
    }

    /// <summary>Makes the run fetch the next link, if there is one.</summary>
    public void BeginFetch()
    {
        lock (_gate)
        {
            _fetchIsPlanned = false;
            if (_phase == StreamPhase.Held && _next is not null)
                MoveTo(StreamPhase.Fetching);
        }
    }

    /// <inheritdoc/>
    public override void Drain()
    {
        bool cut;
        lock (_gate)
        {
            cut = _mustCut;
            _mustCut = false;
        }

        if (cut)
            Cut();
        else
            _ = WriteAsync(); // Never faults: the writer turns what goes wrong into a reason.
    }

    /// <summary>Sends bytes that are no item, unless something else waits to be written.</summary>
    public void SendKeepAlive(ReadOnlyMemory<byte> data)
    {
        EnqueueResult result;
        lock (_gate)
        {
            if (_phase != StreamPhase.Held || _queue.Bytes > 0)
                return;
            result = _queue.Enqueue(data, ChannelRule.Default);
        }

        if (result == EnqueueResult.StartWriter)
            Drain();
    }

    /// <inheritdoc/>
    public override void End(CloseReason reason)
    {
        lock (_gate)
        {
            if (!BeginEnd(reason))
                return;
        }

        Cut();
    }

    /// <summary>For the run: fires when the stream has to end.</summary>
    public CancellationToken GetEndToken()
    {
        lock (_gate)
        {
            _endSource ??= new CancellationTokenSource();
            if (_ending is not null)
                _endSource.Cancel();
            return _endSource.Token;
        }
    }

    /// <summary>
    /// For the run: lets items pass from now on, first those kept back, until the stream has to end (then with the reason) or its next link is to
    /// be fetched (null). On return the run owns the writer again and everything that passed is written.
    /// </summary>
    public async Task<CloseReason?> HoldAsync(Uri? next)
    {
        Task change;
        lock (_gate)
        {
            _next = next;
            _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            change = _change.Task;
            if (_phase == StreamPhase.Ending)
                Signal();
            else
                Release();
        }

        await WriteAsync();
        await change;
        await ClaimWriterAsync();
        lock (_gate)
            return _ending;
    }

    /// <summary>For the run: the reason why the stream has to end, or null.</summary>
    public CloseReason? EndReason
    {
        get
        {
            lock (_gate)
                return _ending;
        }
    }

    private void Release()
    {
        _phase = StreamPhase.Held;
        _lastActive = _time.GetTimestamp();
        ResetActivity();
        foreach (var (subscription, item) in _heldBack.TakeAll())
        {
            // What does not follow is covered by what the origin just sent; a gap beyond it shows when the last ids are compared.
            if (_phase == StreamPhase.Held && (subscription.PrevId is null || subscription.PrevId == item.PrevId))
                Pass(subscription, item, item.HttpStream!); // Only items with this format are kept back.
        }

        if (_fetchAgain)
            PlanFetch();
    }

    private void PlanFetch()
    {
        if (_phase != StreamPhase.Held || _next is null || _fetchIsPlanned)
            return;
        _fetchAgain = false;
        _fetchIsPlanned = true;
        _updates.Add(_next, this);
    }

    private EnqueueResult Pass(Subscription subscription, Item item, HttpStreamFormat format)
    {
        switch (format.Action)
        {
            case ItemAction.Hint:
                // The last id stays: the origin shall say what came since the last item that was really sent.
                if (_next is not null)
                    MoveTo(StreamPhase.Fetching);
                return EnqueueResult.Waiting;
            case ItemAction.Close:
                BeginEnd(CloseReason.Published);
                return EnqueueResult.Waiting;
            default:
                if (subscription.PrevId is not null)
                    subscription.PrevId = item.Id;
                NoteActivity(subscription);
                return _queue.Enqueue(format.Content, subscription.Rule);
        }
    }

    private void NoteActivity(Subscription subscription)
    {
        var now = _time.GetTimestamp();
        Volatile.Write(ref _lastSent, now);
        if (_next is null || subscription.WasActive)
            return;
        subscription.WasActive = true;
        if (--_quietChannels > 0)
            return;
        Volatile.Write(ref _lastActive, now);
        ResetActivity();
    }

    private void ResetActivity()
    {
        foreach (var channel in Channels)
            channel.Subscription.WasActive = false;
        _quietChannels = Channels.Count;
    }

    private async Task WriteAsync()
    {
        var broken = await Writer.RunAsync();
        lock (_gate)
        {
            if (broken is not null)
            {
                _isBroken = true;
                BeginEnd(broken.Value);
            }

            // The run may be waiting for the writer.
            if (_phase != StreamPhase.Held)
                Signal();
        }
    }

    private async Task ClaimWriterAsync()
    {
        while (true)
        {
            Task idle;
            lock (_gate)
            {
                if (_isBroken || _queue.TryClaimWriter())
                    return;
                _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                idle = _change.Task;
            }

            await idle;
        }
    }

    /// <summary>Stops what waits for a client that is gone or does not read, or for the origin.</summary>
    private void Cut()
    {
        _output.CancelPendingFlush();
        lock (_gate)
            _ = _endSource?.CancelAsync(); // Its callbacks run elsewhere; they handle their own errors.
    }

    private bool BeginEnd(CloseReason reason)
    {
        if (_ending is not null)
            return false;
        _ending = reason;
        MoveTo(StreamPhase.Ending);
        return true;
    }

    private void MoveTo(StreamPhase phase)
    {
        _phase = phase;
        Signal();
    }

    private void Signal() => _change?.TrySetResult();
}
