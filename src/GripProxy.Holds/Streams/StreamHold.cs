using System.IO.Pipelines;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Timing;
using GripProxy.Channels.Traffic;
using GripProxy.Holds.Resuming;
using GripProxy.Holds.Timing;
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

    // Pages of a log always find room: one stands there at a time for each channel.
    private static readonly ChannelRule Unbounded = new("*", OverflowPolicy.DropNewest, int.MaxValue);

    private readonly Lock _gate = new();
    private readonly PipeWriter _output;
    private readonly StreamBacklog _backlog;
    private readonly StreamActivity _activity;
    private StreamPhase _phase = StreamPhase.Joining;
    private TaskCompletionSource? _change;
    private CloseReason? _ending;
    private Uri? _next;
    private EndSignal _end;
    private WheelTimer? _closeLimit;
    private bool _isOver;
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
        Log = new StreamLog(this, parts.Log);
        Delivery = new StreamDelivery(this, _backlog, _activity, parts.Filters);
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

    /// <summary>What it has to do with the logs of its channels.</summary>
    public StreamLog Log { get; }

    /// <summary>What becomes of its items.</summary>
    public StreamDelivery Delivery { get; }

    /// <summary>The lock, for <see cref="Log"/> and <see cref="Delivery"/>.</summary>
    public Lock Gate => _gate;

    /// <summary>True while items pass. Under <see cref="Gate"/>, as what follows for <see cref="Log"/>.</summary>
    public bool IsHeld => _phase == StreamPhase.Held;

    /// <summary>True once nothing passes any more.</summary>
    public bool IsEnding => _phase == StreamPhase.Ending;

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
            outcome = Log.Judge(subscription, item) ?? Count(Take(subscription, item, drains));
            mustDrain = _mustDrain;
            _mustDrain = false;
        }

        if (mustDrain)
            drains.Add(this);
        return outcome;
    }

    /// <inheritdoc/>
    public override void Update(Subscription subscription, UpdateCause cause, DrainBatch drains)
    {
        FetchSoon(cause == UpdateCause.Recover ? RecoveryReason.Recover : RecoveryReason.FirstSubscription);
        if (subscription.Cursor is null || cause == UpdateCause.FirstSubscription)
            return;
        lock (_gate)
        {
            if (_phase != StreamPhase.Held || subscription.Cursor is not { } cursor)
                return;
            // Whoever stands nowhere has nothing to go on from.
            if (cursor.IsPlaceless)
                LoseTrack(subscription, ResumeOutcome.Unavailable);
            else
                ReadOn(subscription, cursor.StartReading());
            if (!_mustDrain)
                return;
            _mustDrain = false;
        }

        drains.Add(this);
    }

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
        // Whoever asks for a cut has set it before the hold is drained.
        if (!_mustCut || !CutIfDue())
            _ = Writer.RunAsync(); // Never faults: the writer turns what goes wrong into a reason.
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

    /// <summary>For a piece of the writer: something was sent.</summary>
    public void NoteSent() => _activity.NoteSent();

    /// <summary>
    /// For the run: lets items pass from now on, first those kept back. Completes when the stream has to end or its next link is to be fetched. The
    /// run writes what waits (<see cref="StreamHoldWriter.RunAsync"/>) and is the writer no longer then, until it claims that.
    /// </summary>
    public Task BeginHold(Uri? next)
    {
        Task change;
        bool mustCut;
        lock (_gate)
        {
            _next = next;
            change = NextChange();
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

    /// <summary>True if what does not fit can be asked for again.</summary>
    private bool HasLink =>
        _phase == StreamPhase.Joining ? Request is { Instruct.Next: not null, LinkBase: not null, Fetcher: not null } : _next is not null;

    private void Release()
    {
        _phase = StreamPhase.Held;
        Delivery.Restart();
        _activity.Restart(Channels);
        Log.ReadAll();
        var forms = new SharedForms();
        if (_backlog.IsIncomplete)
            FetchWhatIsMissing();
        foreach (var (subscription, item) in _backlog.TakeHeldBack(Channels))
        {
            // What does not follow is covered by what the origin just sent; a gap beyond it shows when the last ids are compared.
            if (subscription.Cursor is not null)
                Log.Judge(subscription, item);
            else if (_phase == StreamPhase.Held && (subscription.PrevId is null || subscription.PrevId == item.PrevId))
                NoteLate(item, Delivery.Pass(subscription, item, forms, publishedAt: 0));
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

    /// <summary>Reads the log when the writer comes to it.</summary>
    public void ReadOn(Subscription subscription, LogCursor cursor) =>
        _mustDrain |= _backlog.Queue.Enqueue(default, Unbounded, new ReplayPiece(Log, subscription, cursor)) == EnqueueResult.StartWriter;

    /// <summary>Takes an item that waited for the end of reading; the writer is at work.</summary>
    public void PassBeside(Subscription subscription, Item item)
    {
        if (IsGap(subscription, item))
            FetchNow(RecoveryReason.PrevId);
        NoteLate(item, IsHeld ? Delivery.Pass(subscription, item, new SharedForms(), publishedAt: 0) : HoldBack(subscription, item));
    }

    /// <summary>An item of the log is about to be written.</summary>
    public void NoteReplayed(Subscription subscription)
    {
        CountReplayed();
        _activity.NoteSent();
        if (_next is not null)
            _activity.NoteItem(subscription, Channels);
    }

    /// <summary>
    /// The log does not have what the client needs: the origin is asked; without a link the client learns by the end of the stream (HTTP-29, LOG-05).
    /// </summary>
    public void LoseTrack(Subscription subscription, ResumeOutcome reason)
    {
        StreamLog.LogLost(Parts.Logger, Request.ConnectionId, subscription.Channel, reason);
        if (HasLink)
            CountRecovery(reason.ToRecovery());
        if (_next is not null && IsHeld)
            MoveTo(StreamPhase.Fetching);
        else if (HasLink)
            _fetchAgain = true;
        else if (subscription is { PrevId: not null, Cursor: null })
            Fail(StreamRun.NoLink(subscription.Channel[Request.ChannelPrefix.Length..]));
        else
            EndByOverflow();
    }

    /// <summary>Cuts the stream if its end asks for that. Outside all locks.</summary>
    public bool CutIfDue()
    {
        lock (_gate)
        {
            if (!_mustCut)
                return false;
            _mustCut = false;
        }

        Cut();
        return true;
    }

    private DeliveryOutcome Take(Subscription subscription, Item item, DrainBatch drains)
    {
        if (IsGap(subscription, item))
        {
            // Something is missing before this item: the origin knows what.
            subscription.ForgetLastId();
            FetchNow(RecoveryReason.PrevId);
        }

        return IsHeld ? Delivery.Pass(subscription, item, drains.Forms, drains.NextTimed()) : HoldBack(subscription, item);
    }

    private bool IsGap(Subscription subscription, Item item) =>
        IsHeld && subscription is { Cursor: null, PrevId: not null } && subscription.PrevId != item.PrevId;

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

    /// <summary>The cut itself touches the output, which has no place under the shard lock.</summary>
    public void EndByOverflow()
    {
        if (BeginEnd(CloseReason.Overflow))
            _mustCut = _mustDrain = true;
    }

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
    public void Fail(string text)
    {
        if (BeginEnd(CloseReason.Origin))
            Failure = text;
    }

    /// <summary>Lets nothing pass any more; false: it ends already.</summary>
    public bool BeginEnd(CloseReason reason)
    {
        if (_ending is not null)
            return false;
        _ending = reason;
        MoveTo(StreamPhase.Ending);
        return true;
    }

    /// <summary>The next link is to be asked; there is one.</summary>
    public void FetchNow(RecoveryReason reason)
    {
        MoveTo(StreamPhase.Fetching);
        CountRecovery(reason);
    }

    /// <summary>True if there is a next link.</summary>
    public bool HasNext => _next is not null;

    /// <summary>The writer has to be started.</summary>
    public void DrainLater() => _mustDrain = true;

    private void MoveTo(StreamPhase phase)
    {
        _phase = phase;
        Signal();
    }

    /// <summary>Completes with the next <see cref="Signal"/>.</summary>
    public Task NextChange()
    {
        _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _change.Task;
    }

    /// <summary>Wakes the run.</summary>
    public void Signal() => _change?.TrySetResult();
}
