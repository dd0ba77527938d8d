using System.IO.Pipelines;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Holds.Timing;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Streams;

/// <summary>
/// A stream as its channels see it (HTTP-27): takes items and lets them pass while it is held, and keeps them back while <see cref="StreamRun"/>
/// joins or fetches. Guarded by its own lock.
/// </summary>
internal sealed class StreamHold : StreamLife, IKeptAlive
{
    private long _lastSent;

    public StreamHold(HoldRequest request, PipeWriter output, bool writesChunks, HoldParts parts)
        : base(request, output, parts)
    {
        WritesChunks = writesChunks;
        Gone = request.Gone;
        NoteSent();
        Link = request.HasNext ? new StreamLink(this) : null;
        Backlog = new StreamBacklog(this);
        Log = new StreamLog(this, parts.Log);
        Delivery = new StreamDelivery(this);
        Writer = new StreamHoldWriter(this);
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
            lock (Gate)
                return Backlog.WaitingBytes;
        }
    }

    /// <summary>
    /// True if the output is the bare connection, where a stream is sent in chunks (RFC 9112, 7.1); false: whoever has the output frames it.
    /// </summary>
    public bool WritesChunks { get; }

    /// <summary>Its next link, or null: there is none and will be none.</summary>
    public StreamLink? Link { get; }

    /// <summary>True if there is a next link.</summary>
    public bool HasNext => Link?.Next is not null;

    /// <summary>True if what does not fit can be asked for again.</summary>
    public bool HasLink => Link is not null && (Phase == StreamPhase.Joining || Link.Next is not null);

    /// <summary>Where the end of the stream is reported (HTTP-31), or null: nowhere.</summary>
    public Uri? Gone { get; }

    /// <summary>What waits for it.</summary>
    public StreamBacklog Backlog { get; }

    /// <summary>What it has to do with the logs of its channels.</summary>
    public StreamLog Log { get; }

    /// <summary>What becomes of its items.</summary>
    public StreamDelivery Delivery { get; }

    /// <summary>The one writer; owned by the run whenever it does not hold.</summary>
    public StreamHoldWriter Writer { get; }

    /// <inheritdoc/>
    public TimeSpan QuietFor => Parts.Wheel.Time.GetElapsedTime(Volatile.Read(ref _lastSent));

    /// <inheritdoc/>
    public override DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        if (item.HttpStream is not { } format || format.Action == ItemAction.Refresh)
            return DeliveryOutcome.NoFormat;
        DeliveryOutcome outcome;
        bool mustDrain;
        lock (Gate)
        {
            if (IsEnding)
                return DeliveryOutcome.Dropped(DropReason.ConnectionClosed);
            outcome = Log.Judge(subscription, item) ?? Count(Delivery.Take(subscription, item, drains));
            mustDrain = TakeMustDrain();
        }

        if (mustDrain)
            drains.Add(this);
        return outcome;
    }

    /// <inheritdoc/>
    public override void Update(Subscription subscription, UpdateCause cause, DrainBatch drains)
    {
        Link?.FetchSoon(cause == UpdateCause.Recover ? RecoveryReason.Recover : RecoveryReason.FirstSubscription);
        if (subscription.Cursor is null || cause == UpdateCause.FirstSubscription)
            return;
        lock (Gate)
        {
            if (!IsHeld || subscription.Cursor is not { } cursor)
                return;
            // Whoever stands nowhere has nothing to go on from.
            if (cursor.IsPlaceless)
                LoseTrack(subscription, ResumeOutcome.Unavailable);
            else
                Log.ReadOn(subscription, cursor.StartReading());
            if (!TakeMustDrain())
                return;
        }

        drains.Add(this);
    }

    /// <inheritdoc/>
    public override void Drain()
    {
        if (!CutIfDue())
            _ = Writer.RunAsync(); // Never faults: the writer turns what goes wrong into a reason.
    }

    /// <inheritdoc/>
    public override void Prefetch(int depth)
    {
        if (depth > 0)
        {
            (Output as IPrefetched)?.Prefetch(depth - 1);
            return;
        }

        // As many lines as a write reads of each.
        CacheLine.Prefetch(Output, lines: 3);
        CacheLine.Prefetch(Writer);
        CacheLine.Prefetch(Backlog, lines: 2);
        CacheLine.Prefetch(Gate);
    }

    /// <inheritdoc/>
    public void SendKeepAlive(ReadOnlyMemory<byte> data)
    {
        EnqueueResult result;
        lock (Gate)
        {
            if (!IsHeld || Backlog.Bytes > 0)
                return;
            result = Backlog.Enqueue(WritesChunks ? Chunk.Of(data) : data, ChannelRule.Default);
        }

        Traffic?.Add(TrafficCount.Activity);
        if (result == EnqueueResult.StartWriter)
            Drain();
    }

    /// <summary>Something was sent.</summary>
    public void NoteSent() => Volatile.Write(ref _lastSent, Parts.Wheel.Time.GetTimestamp());

    /// <summary>For the run: what only the beginning needed is done. Without links and filters nothing will ever ask the origin.</summary>
    public void Settle()
    {
        if (Link is null && Gone is null && Subject is null)
            ForgetOrigin();
    }

    /// <summary>
    /// For the run: lets items pass from now on, first those kept back. Completes when the stream has to end or its next link is to be fetched. The
    /// run writes what waits (<see cref="StreamHoldWriter.RunAsync"/>) and is the writer no longer then, until it claims that.
    /// </summary>
    public Task BeginHold(Uri? next)
    {
        Task change;
        lock (Gate)
        {
            if (Link is not null)
                Link.Next = next;
            change = NextChange();
            if (IsEnding)
                Signal();
            else
                Release();
            TakeMustDrain();
        }

        CutIfDue();
        return change;
    }

    private void Release()
    {
        Phase = StreamPhase.Held; // The run waits already for what follows.
        Delivery.Restart();
        Link?.Restart();
        Log.ReadAll();
        SharedForms? forms = null;
        if (Backlog.IsIncomplete)
            FetchWhatIsMissing();
        foreach (var (subscription, item) in Backlog.TakeHeldBack(Channels))
        {
            // What does not follow is covered by what the origin just sent; a gap beyond it shows when the last ids are compared.
            if (subscription.Cursor is not null)
                Log.Judge(subscription, item);
            else if (IsHeld && (subscription.PrevId is null || subscription.PrevId == item.PrevId))
                NoteLate(item, Delivery.Pass(subscription, item, forms ??= new SharedForms(), publishedAt: 0));
        }

        Link?.FetchIfAsked();
    }

    private void FetchWhatIsMissing()
    {
        if (HasNext)
            Link!.FetchAgain(RecoveryReason.Overflow); // There, because it has a next one.
        else
            EndByOverflow();
    }

    /// <summary>The next link is to be asked; there is one.</summary>
    public void FetchNow(RecoveryReason reason)
    {
        MoveTo(StreamPhase.Fetching);
        CountRecovery(reason);
    }

    /// <summary>
    /// The log does not have what the client needs: the origin is asked; without a link the client learns by the end of the stream (HTTP-29, LOG-05).
    /// </summary>
    public void LoseTrack(Subscription subscription, ResumeOutcome reason)
    {
        StreamLog.LogLost(Parts.Logger, ConnectionId, subscription.Channel, reason);
        if (HasNext && IsHeld)
            FetchNow(reason.ToRecovery());
        else if (HasLink)
            Link!.FetchAgain(reason.ToRecovery()); // There, because it can be asked.
        else if (subscription is { PrevId: not null, Cursor: null })
            Fail(StreamRun.NoLink(subscription.Channel[ChannelPrefix.Length..]));
        else
            EndByOverflow();
    }

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
        NoteSent();
        Link?.NoteItem(subscription);
    }

    /// <inheritdoc/>
    public override void Forget()
    {
        base.Forget();
        // What waits is never written, and whoever follows it hears so.
        Backlog.Clear();
    }
}
