using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Logs;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Holds.Resuming;
using GripProxy.Protocol.Filters;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Response;

/// <summary>
/// A long-poll that waits (HTTP-24). The first thing that happens decides how it ends; everything later finds it taken. An item whose filters
/// need time happens when they are through; until then later items wait behind it. Guarded by its own lock.
/// </summary>
internal sealed class ResponseHold : Hold
{
    // DIF-40: an origin that names a fresh channel each time would be asked for ever.
    private const int MaxFirstSubscriptionRetries = 3;

    private readonly Lock _gate = new();
    private readonly int _firstSubscriptionRetries;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _released;
    private bool _mustRead;
    private ResponseEnding? _ending;
    private HeldBackItems? _waiting;
    private EndSignal _end;

    public ResponseHold(HoldRequest request, ResumePlan plan, HoldParts parts)
        : base(request, parts)
    {
        Template = request.Instruct.Response;
        Resumed = plan.HeaderValue;
        _firstSubscriptionRetries = request.FirstSubscriptionRetries;
    }

    /// <summary>The answer of its timeout, which others are merged with.</summary>
    public HttpReply Template { get; }

    /// <summary>What the client is told of its resume, or null: nothing (LOG-07).</summary>
    public string? Resumed { get; }

    /// <inheritdoc/>
    public override SubscriptionMode Mode => SubscriptionMode.Response;

    /// <inheritdoc/>
    public override HeldTransport Transport => HeldTransport.Response;

    /// <inheritdoc/>
    public override long QueuedBytes
    {
        get
        {
            lock (_gate)
                return _waiting?.Bytes ?? 0;
        }
    }

    /// <summary>Completes when the hold is released and something has ended it.</summary>
    public Task Ended => _completion.Task;

    /// <summary>The result, after <see cref="Ended"/>. Made by the waiting request, not by the publisher.</summary>
    public ResponseHoldResult ToResult() => _ending!.ToResult(this); // Set before the completion.

    /// <inheritdoc/>
    public override DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        if (item.HttpResponse is not { Action: ItemAction.Send or ItemAction.Hint } format)
            return DeliveryOutcome.NoFormat;
        lock (_gate)
        {
            if (_ending is null && ResponseLog.TryLeave(subscription, item, isBusy: _waiting is not null) is { } verdict)
                return Leave(verdict, drains);
            return Count(Judge(subscription, item, format, drains));
        }
    }

    /// <inheritdoc/>
    public override void Update(Subscription subscription, UpdateCause cause, DrainBatch drains)
    {
        lock (_gate)
        {
            if (_ending is not null)
                return;
            if (cause != UpdateCause.FirstSubscription)
                Take(ResponseEnding.Retry(RecoveryReason.Recover), drains);
            else if (_firstSubscriptionRetries < MaxFirstSubscriptionRetries)
                Take(ResponseEnding.Retry(RecoveryReason.FirstSubscription), drains);
            else
                Parts.LoopWarning.Warn(this);
        }
    }

    /// <inheritdoc/>
    public override void Drain()
    {
        lock (_gate)
        {
            if (_ending is not null)
            {
                _completion.TrySetResult();
                _end.Fire();
                return;
            }

            if (_mustRead && _released)
            {
                _mustRead = false;
                _ = ResponseLog.ReadAsync(this); // Never faults.
                return;
            }
        }

        _ = ResponseFilters.RunAsync(this); // Never faults.
    }

    /// <summary>Lets go of what came while the hold joined its channels.</summary>
    public void Release()
    {
        bool mustRead, mustDrain;
        lock (_gate)
        {
            _released = true;
            mustRead = _mustRead && _ending is null;
            mustDrain = _ending is not null || _waiting is not null;
            _mustRead = false;
        }

        if (mustRead)
            _ = ResponseLog.ReadAsync(this); // Never faults.
        if (mustDrain)
            Drain();
    }

    /// <summary>Ends the hold for a reason other than an item: the timeout and an operator with the template, anything else without an answer.</summary>
    public override void End(CloseReason reason) => End(new ResponseEnding(reason));

    /// <summary>With the template, as at its timeout: the client asks again, and elsewhere.</summary>
    public override void EndInOrder() => End(new ResponseEnding(CloseReason.Drain, Answer: Template));

    /// <summary>Ends the hold so that the origin is asked again (HTTP-33), because something was published before it joined.</summary>
    public void EndForRetry(RecoveryReason reason) => End(ResponseEnding.Retry(reason));

    /// <inheritdoc/>
    public override CancellationToken GetEndToken() => _end.Token;

    /// <summary>The lock, for what reads the log; what follows is called under it.</summary>
    public Lock Gate => _gate;

    /// <summary>True once something has ended the hold.</summary>
    public bool IsOver => _ending is not null;

    /// <summary>Ends the hold while the lock is held; <see cref="Drain"/> tells.</summary>
    public void TakeRetry() => _ending ??= ResponseEnding.Retry(RecoveryReason.PrevId);

    private DeliveryOutcome Leave(CursorVerdict verdict, DrainBatch drains)
    {
        if (verdict == CursorVerdict.Overflow)
            Take(ResponseEnding.Retry(RecoveryReason.Overflow), drains);
        _mustRead |= verdict == CursorVerdict.Gap;
        if (_mustRead && _released)
            drains.Add(this);
        return DeliveryOutcome.Queued;
    }

    /// <summary>Judges an item that is not in the log, or not any more to be read from it.</summary>
    public DeliveryOutcome Judge(Subscription subscription, Item item, DrainBatch drains) =>
        Judge(subscription, item, item.HttpResponse!, drains); // Only items with this format are offered.

    private DeliveryOutcome Judge(Subscription subscription, Item item, HttpResponseFormat format, DrainBatch drains)
    {
        if (_ending is not null)
            return DeliveryOutcome.Dropped(DropReason.ConnectionClosed);
        var isFiltered = subscription.Filters is not null || format.ContentFilters is not null;
        if (_waiting is not null || (isFiltered && !_released))
            return MakeWait(subscription, item, drains);
        if (!Follows(subscription, item))
        {
            subscription.ForgetLastId();
            Take(ResponseEnding.Retry(RecoveryReason.PrevId), drains);
            return DeliveryOutcome.Queued;
        }

        if (isFiltered && Screen(subscription, item, format) is { } refusal)
        {
            if (_ending is not null)
                drains.Add(this);
            return refusal;
        }

        if (format.Action == ItemAction.Send && subscription.Filters is { Rest.Count: > 0 })
            return MakeWait(subscription, item, drains);
        Take(ResponseEnding.Of(item, format, drains.NextTimed()), drains);
        return DeliveryOutcome.Queued;
    }

    /// <summary>Ends the hold; the first end counts. Outside the lock.</summary>
    public void End(ResponseEnding ending)
    {
        lock (_gate)
        {
            if (_ending is not null)
                return;
            _ending = ending;
        }

        Drain();
    }

    private void Take(ResponseEnding ending, DrainBatch drains)
    {
        _ending = ending;
        if (_released)
            drains.Add(this);
    }

    /// <summary>False if something is missing before the item: then the origin is asked, which knows what (HTTP-35).</summary>
    public static bool Follows(Subscription subscription, Item item) => subscription.PrevId is null || subscription.PrevId == item.PrevId;

    /// <summary>A client that an item is not meant for misses nothing.</summary>
    public static void Skip(Subscription subscription, Item item)
    {
        if (subscription.PrevId is not null)
            subscription.PrevId = item.Id;
    }

    /// <summary>Runs what is cheap: says why the item is not for this client, or null. In debug, items for other content filters end the hold.</summary>
    public DeliveryOutcome? Screen(Subscription subscription, Item item, HttpResponseFormat format)
    {
        var droppedBy = subscription.Filters?.FindDrop(Subject!, item.Meta); // Where filters are, there is a subject.
        if (droppedBy is null && (format.Action != ItemAction.Send || ContentFilterList.Fits(subscription.Filters, format.ContentFilters)))
            return null;
        if (droppedBy is null && Debug)
            _ending = ResponseEnding.Failure(ContentFilterList.DescribeMismatch(subscription.Filters, format.ContentFilters!)); // Only a list can differ.
        if (format.Action == ItemAction.Send)
            Skip(subscription, item);
        return droppedBy is not null ? DeliveryOutcome.FilteredBy(droppedBy.Value) : DeliveryOutcome.Dropped(DropReason.ContentFilters);
    }

    private DeliveryOutcome MakeWait(Subscription subscription, Item item, DrainBatch drains)
    {
        if (_waiting is null)
        {
            _waiting = new HeldBackItems(static item => item.HttpResponse!.Body.Length, DropReason.QueueFull); // Only items with this format come there.
            if (_released)
                drains.Add(this);
        }

        var result = _waiting.Add(subscription, item);
        CountDropped(DropReason.QueueFull, _waiting.TakePushedOut());
        // Asking the origin again is the end that the client does not notice.
        if (_waiting.IsIncomplete)
            Take(ResponseEnding.Retry(RecoveryReason.Overflow), drains);
        return result == EnqueueResult.Waiting ? DeliveryOutcome.Queued : DeliveryOutcome.Dropped(DropReason.QueueFull);
    }

    /// <summary>For the filters that take time: the next item that waits for them, if there is one and nothing has ended the hold.</summary>
    public bool TryTakeWaiting(out Subscription subscription, out Item item, out FilterInput input)
    {
        lock (_gate)
        {
            while (_ending is null && _waiting is not null && _waiting.TryTake(out var next))
            {
                (subscription, item) = next;
                input = default;
                if (Follows(subscription, item))
                {
                    if (Screen(subscription, item, item.HttpResponse!) is { } refusal)
                    {
                        NoteLate(item, refusal);
                        continue;
                    }

                    input = subscription.Filters is { } chain ? FilterInputOf(chain, item) : default;
                }

                return true;
            }

            _waiting = null;
            (subscription, item, input) = (null!, null!, default); // Not read after false.
            if (_ending is not null)
                _completion.TrySetResult();
            return false;
        }
    }

    /// <summary>The answer is with the client.</summary>
    public void NoteWritten(ResponseEnding ending)
    {
        ending.Trail?.NoteWritten(this);
        Parts.Instruments.Written(Transport, ending.PublishedAt);
    }
}
