using System.IO.Pipelines;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Holds.Resuming;
using GripProxy.Holds.Timing;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Streams;

/// <summary>
/// A stream as its channels see it (HTTP-27): takes items and lets them pass while it is held, and keeps them back while <see cref="StreamRun"/>
/// joins or fetches. Guarded by its own lock.
/// </summary>
internal sealed partial class StreamHold : Hold, IKeptAlive
{
    // Pages of a log always find room: one stands there at a time for each channel.
    private static readonly ChannelRule Unbounded = new("*", OverflowPolicy.DropNewest, int.MaxValue);

    private readonly Lock _gate = new();
    private readonly PipeWriter _output;
    private readonly StreamBacklog _backlog;
    private readonly StreamActivity _activity;
    private StreamPhase _phase = StreamPhase.Joining;
    private TaskCompletionSource? _change;
    private bool _mustDrain;

    /// <summary>Begins to join.</summary>
    /// <param name="request">The client's request.</param>
    /// <param name="output">Where it is written.</param>
    /// <param name="writesChunks">
    /// True if the output is the bare connection, where a stream is sent in chunks (RFC 9112, 7.1); false: whoever has the output frames it.
    /// </param>
    /// <param name="parts">What all holds share.</param>
    public StreamHold(HoldRequest request, PipeWriter output, bool writesChunks, HoldParts parts)
        : base(request, parts)
    {
        _output = output;
        WritesChunks = writesChunks;
        _hasFirstLink = request.HasNext;
        Gone = request.Gone;
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

    /// <summary>True if what is written is framed here, as chunks.</summary>
    public bool WritesChunks { get; }

    /// <summary>What it has to do with the logs of its channels.</summary>
    public StreamLog Log { get; }

    /// <summary>What becomes of its items.</summary>
    public StreamDelivery Delivery { get; }

    /// <summary>The lock, for <see cref="Log"/> and <see cref="Delivery"/>.</summary>
    public Lock Gate => _gate;

    /// <summary>True while items pass. Under <see cref="Gate"/>, as what follows for <see cref="Log"/>.</summary>
    public bool IsHeld => _phase == StreamPhase.Held;

    /// <summary>The one writer; owned by the run whenever it does not hold.</summary>
    public StreamHoldWriter Writer { get; }

    /// <inheritdoc/>
    public TimeSpan QuietFor => _activity.QuietFor;

    /// <summary>Time since all channels had an item, for the next link's timeout (HTTP-30).</summary>
    public TimeSpan InactiveFor => _activity.InactiveFor;

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
            outcome = Log.Judge(subscription, item) ?? Count(Delivery.Take(subscription, item, drains));
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
            result = _backlog.Queue.Enqueue(WritesChunks ? Chunk.Of(data) : data, ChannelRule.Default);
        }

        Traffic?.Add(TrafficCount.Activity);
        if (result == EnqueueResult.StartWriter)
            Drain();
    }

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

    private void Release()
    {
        _phase = StreamPhase.Held;
        Delivery.Restart();
        _activity.Restart(Channels);
        Log.ReadAll();
        SharedForms? forms = null;
        if (_backlog.IsIncomplete)
            FetchWhatIsMissing();
        foreach (var (subscription, item) in _backlog.TakeHeldBack(Channels))
        {
            // What does not follow is covered by what the origin just sent; a gap beyond it shows when the last ids are compared.
            if (subscription.Cursor is not null)
                Log.Judge(subscription, item);
            else if (_phase == StreamPhase.Held && (subscription.PrevId is null || subscription.PrevId == item.PrevId))
                NoteLate(item, Delivery.Pass(subscription, item, forms ??= new SharedForms(), publishedAt: 0));
        }

        if (_fetchAgain)
            PlanFetch();
    }

    /// <summary>Reads the log when the writer comes to it.</summary>
    public void ReadOn(Subscription subscription, LogCursor cursor) =>
        _mustDrain |= _backlog.Queue.Enqueue(default, Unbounded, new ReplayPiece(Log, subscription, cursor)) == EnqueueResult.StartWriter;

    /// <summary>Takes an item that waited for the end of reading; the writer is at work.</summary>
    public void PassBeside(Subscription subscription, Item item)
    {
        if (Delivery.IsGap(subscription, item))
            FetchNow(RecoveryReason.PrevId);
        NoteLate(item, IsHeld ? Delivery.Pass(subscription, item, new SharedForms(), publishedAt: 0) : Delivery.HoldBack(subscription, item));
    }

    /// <summary>An item of the log is about to be written.</summary>
    public void NoteReplayed(Subscription subscription)
    {
        CountReplayed();
        _activity.NoteSent();
        if (_next is not null)
            _activity.NoteItem(subscription, Channels);
    }

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
