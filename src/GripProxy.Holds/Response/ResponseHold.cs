using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Response;

/// <summary>
/// A long-poll that waits (HTTP-24). The first thing that happens decides how it ends; everything later finds it taken. Guarded by its own lock.
/// </summary>
internal sealed class ResponseHold(HoldRequest request, FirstSubscriptionLoopWarning loopWarning) : Hold(request)
{
    // DIF-40: an origin that names a fresh channel each time would be asked for ever.
    private const int MaxFirstSubscriptionRetries = 3;

    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _released;
    private Ending? _ending;

    /// <summary>The result, once the hold is released and something has ended it. Made by the waiting request, not by the publisher.</summary>
    public async Task<ResponseHoldResult> WaitAsync()
    {
        await _completion.Task;
        return ToResult(_ending!); // Set before the completion.
    }

    /// <inheritdoc/>
    public override DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains)
    {
        var format = item.HttpResponse;
        if (format is null || format.Action is ItemAction.Close or ItemAction.Refresh)
            return DeliveryOutcome.NoFormat;
        var ending = format.Action == ItemAction.Hint ? Ending.Retry : new Ending(CloseReason.Published, format);
        if (subscription.PrevId is not null && subscription.PrevId != item.PrevId)
        {
            // Something is missing before this item: the origin knows what.
            subscription.ForgetLastId();
            ending = Ending.Retry;
        }

        return TryTake(ending, drains) ? DeliveryOutcome.Queued : DeliveryOutcome.ConnectionClosed;
    }

    /// <inheritdoc/>
    public override void Update(UpdateCause cause, DrainBatch drains)
    {
        if (cause != UpdateCause.FirstSubscription)
            TryTake(Ending.Retry, drains);
        else if (Request.FirstSubscriptionRetries < MaxFirstSubscriptionRetries)
            TryTake(Ending.FirstSubscription, drains);
        else
            loopWarning.Warn(Request);
    }

    /// <inheritdoc/>
    public override void Drain() => _completion.TrySetResult();

    /// <summary>Lets go of what came while the hold joined its channels.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _released = true;
            if (_ending is null)
                return;
        }

        Drain();
    }

    /// <summary>Ends the hold for a reason other than an item: the timeout with the template, anything else without an answer.</summary>
    public override void End(CloseReason reason) => End(new Ending(reason, Published: null));

    /// <summary>Ends the hold so that the origin is asked again (HTTP-33).</summary>
    public void EndForRetry() => End(Ending.Retry);

    private void End(Ending ending)
    {
        lock (_gate)
        {
            if (_ending is not null)
                return;
            _ending = ending;
        }

        Drain();
    }

    private bool TryTake(Ending ending, DrainBatch drains)
    {
        lock (_gate)
        {
            if (_ending is not null)
                return false;
            _ending = ending;
            if (_released)
                drains.Add(this);
            return true;
        }
    }

    private ResponseHoldResult ToResult(Ending ending)
    {
        if (ReferenceEquals(ending, Ending.Retry) || ReferenceEquals(ending, Ending.FirstSubscription))
            return new ResponseHoldResult { Retry = LastIds(), IsFirstSubscription = ReferenceEquals(ending, Ending.FirstSubscription) };
        if (ending.Published is not null)
            return new ResponseHoldResult { Reason = ending.Reason, Answer = ResponseMerge.Apply(Request.Instruct.Response, ending.Published) };
        return new ResponseHoldResult
        {
            Reason = ending.Reason,
            Answer = ending.Reason == CloseReason.Timeout ? Request.Instruct.Response : null,
        };
    }

    /// <summary>What ended the hold. Immutable.</summary>
    private sealed record Ending(CloseReason Reason, HttpResponseFormat? Published)
    {
        public static readonly Ending Retry = new(CloseReason.Origin, Published: null);
        public static readonly Ending FirstSubscription = Retry with { };
    }
}
