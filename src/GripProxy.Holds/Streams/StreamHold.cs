using System.IO.Pipelines;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Timing;
using GripProxy.Channels.Tracing;
using GripProxy.Channels.Traffic;
using GripProxy.Holds.Timing;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Streams;

/// <summary>
/// A stream as its channels see it (HTTP-27): takes items, keeps them back while <see cref="StreamRun"/> joins or fetches, and checks that
/// they follow each other where the subscription gave a prev-id (HTTP-35). Guarded by its own lock.
/// </summary>
internal sealed class StreamHold : Hold, IKeptAlive
{
    // An operator who closes a stream means also one whose client does not read.
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    // Names the form of an item as a chunk.
    private static readonly object ChunkForm = new();

    private readonly Lock _gate = new();
    private readonly PipeWriter _output;
    private readonly StreamBacklog _backlog;
    private readonly StreamActivity _activity;
    private HashSet<Subscription>? _missed;
    private StreamPhase _phase = StreamPhase.Joining;
    private TaskCompletionSource? _change;
    private CloseReason? _ending;
    private Uri? _next;
    private EndSignal _end;
    private WheelTimer? _closeLimit;
    private bool _isOver;
    private bool _isBroken;
    private bool _mustCut;
    private bool _mustDrain;
    private bool _fetchIsPlanned;
    private bool _fetchAgain;

    public StreamHold(HoldRequest request, PipeWriter output, HoldParts parts)
        : base(request, parts)
    {
        _output = output;
        _activity = new StreamActivity(parts.Wheel.Time);
        _backlog = new StreamBacklog(this, _gate);
        Writer = new StreamHoldWriter(this, output, _backlog.Queue, parts.Instruments, parts.Logger);
    }

    /// <inheritdoc/>
    public override SubscriptionMode Mode => SubscriptionMode.Stream;

    /// <inheritdoc/>
    public override HeldTransport Transport => HeldTransport.Stream;

    /// <inheritdoc/>
    public override long QueuedBytes
    {
        get
        {
            lock (_gate)
                return _backlog.Bytes;
        }
    }

    /// <summary>The one writer; owned by the run whenever it does not hold.</summary>
    public StreamHoldWriter Writer { get; }

    /// <inheritdoc/>
    public TimeSpan QuietFor => _activity.QuietFor;

    /// <summary>Time since all channels had an item, for the next link's timeout (HTTP-30).</summary>
    public TimeSpan InactiveFor => _activity.InactiveFor;

    /// <summary>What debug mode tells the client about the end, or null: nothing.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public override DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        if (item.HttpStream is not { } format || format.Action == ItemAction.Refresh)
            return DeliveryOutcome.NoFormat;
        DeliveryOutcome outcome;
        bool mustDrain;
        lock (_gate)
        {
            if (_phase == StreamPhase.Ending)
                return DeliveryOutcome.Dropped(DropReason.ConnectionClosed);
            if (_phase == StreamPhase.Held && subscription.PrevId is not null && subscription.PrevId != item.PrevId)
            {
                // Something is missing before this item: the origin knows what.
                subscription.ForgetLastId();
                FetchNow(RecoveryReason.PrevId);
            }

            outcome = Count(
                _phase == StreamPhase.Held ? Pass(subscription, item, format, drains.Forms, drains.NextTimed()) : HoldBack(subscription, item));
            mustDrain = _mustDrain;
            _mustDrain = false;
        }

        if (mustDrain)
            drains.Add(this);
        return outcome;
    }

    /// <inheritdoc/>
    public override void Update(Subscription subscription, UpdateCause cause, DrainBatch drains) =>
        FetchSoon(cause == UpdateCause.Recover ? RecoveryReason.Recover : RecoveryReason.FirstSubscription);

    /// <summary>Fetches the next link, if there is one, when its turn comes among all holds that have the same.</summary>
    /// <param name="reason">What may be missing, or null: it is only time to look.</param>
    public void FetchSoon(RecoveryReason? reason = null)
    {
        lock (_gate)
        {
            // Whoever asks while a fetch is planned is answered by that one.
            if (reason is not null && HasLink && !_fetchIsPlanned && !_fetchAgain)
                CountRecovery(reason.Value);
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
            _ = WriteAsync(); // Never faults.
    }

    /// <inheritdoc/>
    public void SendKeepAlive(ReadOnlyMemory<byte> data)
    {
        EnqueueResult result;
        lock (_gate)
        {
            if (_phase != StreamPhase.Held || _backlog.Queue.Bytes > 0)
                return;
            result = _backlog.Queue.Enqueue(Request.WritesChunks ? Chunk.Of(data) : data, ChannelRule.Default);
        }

        Traffic?.Add(TrafficCount.Activity);
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

    /// <inheritdoc/>
    public override void Close(int code, string reason)
    {
        var isHeld = false;
        lock (_gate)
        {
            isHeld = _phase == StreamPhase.Held;
            if (!BeginEnd(CloseReason.Admin))
                return;
            if (isHeld)
            {
                _closeLimit = new WheelTimer(static hold => ((StreamHold)hold).CutUnlessOver(), this);
                Parts.Wheel.Schedule(_closeLimit, CloseLimit);
            }
        }

        if (!isHeld)
            Cut();
    }

    /// <summary>For the end of the run: the output is not the hold's any more. What waits is never written, and whoever follows it hears so.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _isOver = true;
            if (_closeLimit is not null)
                Parts.Wheel.Cancel(_closeLimit);
        }

        _backlog.Queue.Clear();
    }

    /// <inheritdoc/>
    public override CancellationToken GetEndToken() => _end.Token;

    /// <summary>For a piece of the writer: true if the origin is asked for its channel again anyway.</summary>
    public bool IsUseless(FilteredPiece piece)
    {
        lock (_gate)
            return _missed?.Contains(piece.Subscription) == true;
    }

    /// <summary>For a piece of the writer: something was sent.</summary>
    public void NoteSent() => _activity.NoteSent();

    /// <summary>
    /// For a piece of the writer: its filters failed. The item is dropped (DIF-05); debug ends the stream (FLT-07). Where the subscription tells
    /// the order, the client misses an item, so the origin is asked for what follows the item before.
    /// </summary>
    public void FilterFailed(FilteredPiece piece, string error)
    {
        lock (_gate)
        {
            if (Request.Debug)
            {
                Fail($"filter error: {error}");
                _backlog.Queue.Clear();
            }
            else if (piece.PrevId is not null && _next is not null)
            {
                (_missed ??= []).Add(piece.Subscription);
                piece.Subscription.PrevId = piece.PrevId;
                if (_phase == StreamPhase.Held)
                    FetchNow(RecoveryReason.FilterError);
            }
        }
    }

    /// <summary>
    /// For the run: lets items pass from now on, first those kept back. Completes when the stream has to end or its next link is to be fetched. The
    /// run writes what waits (<see cref="WriteAsync"/>) and is the writer no longer then, until it claims that (<see cref="ClaimWriterAsync"/>).
    /// </summary>
    public Task BeginHold(Uri? next)
    {
        Task change;
        bool mustCut;
        lock (_gate)
        {
            _next = next;
            _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            change = _change.Task;
            if (_phase == StreamPhase.Ending)
                Signal();
            else
                Release();
            mustCut = _mustCut;
            _mustCut = _mustDrain = false;
        }

        if (mustCut)
            Cut();
        return change;
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

    /// <summary>Writes what waits. Never faults.</summary>
    public async Task WriteAsync()
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

    /// <summary>For the run: makes it the writer again, once everything that passed is written or cannot be.</summary>
    public async Task ClaimWriterAsync()
    {
        while (true)
        {
            Task idle;
            lock (_gate)
            {
                if (_isBroken || _backlog.Queue.TryClaimWriter())
                    return;
                _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                idle = _change.Task;
            }

            await idle;
        }
    }

    /// <summary>True if what does not fit can be asked for again.</summary>
    private bool HasLink =>
        _phase == StreamPhase.Joining ? Request is { Instruct.Next: not null, LinkBase: not null, Fetcher: not null } : _next is not null;

    private void Release()
    {
        _phase = StreamPhase.Held;
        _missed = null;
        _activity.Restart(Channels);
        var forms = new SharedForms();
        if (_backlog.IsIncomplete)
            FetchWhatIsMissing();
        foreach (var (subscription, item) in _backlog.TakeHeldBack(Channels))
        {
            // What does not follow is covered by what the origin just sent; a gap beyond it shows when the last ids are compared.
            if (_phase == StreamPhase.Held && (subscription.PrevId is null || subscription.PrevId == item.PrevId))
                NoteLate(item, Pass(subscription, item, item.HttpStream!, forms, publishedAt: 0)); // Only items with this format are kept back.
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
        Parts.Updates.Add(_next, this);
    }

    private DeliveryOutcome Pass(Subscription subscription, Item item, HttpStreamFormat format, SharedForms forms, long publishedAt)
    {
        var droppedBy = subscription.Filters?.FindDrop(Subject!, item.Meta); // Where filters are, there is a subject.
        if (format.Action == ItemAction.Send)
            return Send(subscription, item, format, droppedBy, forms, publishedAt);
        if (droppedBy is not null)
            return DeliveryOutcome.FilteredBy(droppedBy.Value);
        // After a hint the last id stays: the origin shall say what came since the last item that was really sent.
        if (format.Action == ItemAction.Close)
            BeginEnd(CloseReason.Published);
        else if (_next is not null)
            FetchNow(RecoveryReason.Hint);
        return DeliveryOutcome.Queued;
    }

    private DeliveryOutcome Send(
        Subscription subscription, Item item, HttpStreamFormat format, FilterKind? droppedBy, SharedForms forms, long publishedAt)
    {
        var late = droppedBy is not null ? null : MakeLate(subscription, item);
        var prevId = subscription.PrevId;
        // A client that an item is not meant for misses nothing.
        if (subscription.PrevId is not null)
            subscription.PrevId = item.Id;
        if (_next is not null)
            _activity.NoteItem(subscription, Channels);
        if (droppedBy is not null)
            return DeliveryOutcome.FilteredBy(droppedBy.Value);
        if (!ContentFilterList.Fits(subscription.Filters, format.ContentFilters))
        {
            if (Request.Debug)
                Fail(ContentFilterList.DescribeMismatch(subscription.Filters, format.ContentFilters!)); // Only a list can differ.
            return DeliveryOutcome.Dropped(DropReason.ContentFilters);
        }

        var content = late is null && Request.WritesChunks ? forms.Get(format, ChunkForm, static (format, _) => Chunk.Of(format.Content)) : format.Content;
        var piece = FollowedPiece.Wrap(FollowedItem.TrailOf(item), this, content, late);
        var result = _backlog.Enqueue(subscription, content, piece, publishedAt);
        if (result is EnqueueResult.Dropped or EnqueueResult.Overflow)
            return LetGo(subscription, prevId, result);
        _mustDrain |= result == EnqueueResult.StartWriter;
        if (late is null)
            _activity.NoteSent();
        return DeliveryOutcome.Queued;
    }

    /// <summary>
    /// The queue is full. A subscription that tells the order asks its origin for what follows the last item that fitted; so does any stream with a
    /// link instead of ending (own-config.md, Overflow). What waits already is written before.
    /// </summary>
    private DeliveryOutcome LetGo(Subscription subscription, string? prevId, EnqueueResult result)
    {
        subscription.PrevId = prevId;
        if (_next is not null && (prevId is not null || result == EnqueueResult.Overflow))
            FetchNow(RecoveryReason.Overflow);
        else if (result == EnqueueResult.Overflow)
            EndByOverflow();
        return DeliveryOutcome.Dropped(DropReason.QueueFull);
    }

    private DeliveryOutcome HoldBack(Subscription subscription, Item item)
    {
        var result = _backlog.HoldBack(subscription, item);
        if (result == EnqueueResult.Overflow && !HasLink)
            EndByOverflow();
        return result == EnqueueResult.Waiting ? DeliveryOutcome.Queued : DeliveryOutcome.Dropped(DropReason.NotJoined);
    }

    private void FetchWhatIsMissing()
    {
        if (_next is null)
        {
            EndByOverflow();
            return;
        }

        _fetchAgain = true;
        CountRecovery(RecoveryReason.Overflow);
    }

    private void FetchNow(RecoveryReason reason)
    {
        MoveTo(StreamPhase.Fetching);
        CountRecovery(reason);
    }

    /// <summary>The cut itself touches the output, which has no place under the shard lock.</summary>
    private void EndByOverflow()
    {
        if (BeginEnd(CloseReason.Overflow))
            _mustCut = _mustDrain = true;
    }

    private FilteredPiece? MakeLate(Subscription subscription, Item item) =>
        subscription.Filters is { Rest.Count: > 0 } chain
            ? new FilteredPiece(this, subscription, chain, FilterInputOf(chain, item), item, Parts.Filters)
            : null;

    /// <summary>Stops what waits for a client that is gone or does not read, or for the origin.</summary>
    private void Cut()
    {
        _output.CancelPendingFlush();
        _end.Fire();
    }

    private void CutUnlessOver()
    {
        // The next response of the connection may have the same output.
        lock (_gate)
        {
            if (!_isOver)
                Cut();
        }
    }

    /// <summary>Ends the stream for a reason that debug mode tells its client.</summary>
    private void Fail(string text)
    {
        if (BeginEnd(CloseReason.Origin))
            Failure = text;
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
