using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Switches;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>Puts the events of a request into the queue (plugins-http.md §3). Thread-safe.</summary>
/// <param name="options">Limits.</param>
/// <param name="queue">Where they wait.</param>
/// <param name="stored">Told of the tenant whose events were stored.</param>
/// <param name="time">The clock.</param>
/// <param name="waits">Who waits for the end of events.</param>
internal sealed class EventIntake(EventsOptions options, IEventQueue queue, Action<Tenant> stored, TimeProvider time, EventWaits waits)
{
    private const int RetrySeconds = 5;

    private readonly EventReader _reader = new(options.MaxEvent, options.KeepMissingProperties);
    private readonly RecentEvents _recent = new(options.Repeats, time);

    /// <summary>Told how many members of a tenant's events were left out for their names.</summary>
    public Action<Tenant, int> NamesDropped { get; init; } = static (_, _) => { };

    /// <summary>Told of the events of a tenant that were stored.</summary>
    public Action<Tenant, IReadOnlyList<QueuedEvent>> Accepted { get; init; } = static (_, _) => { };

    /// <summary>What is not taken now, or null: all is.</summary>
    public Func<IngestShedding?> Shedding { get; init; } = static () => null;

    /// <summary>Percent of the queue from which senders are told how full it is.</summary>
    public const int WarnPercent = 80;

    /// <summary>Takes what can be taken. Events that cannot are named; those beside them are taken all the same.</summary>
    /// <param name="batch">The request's events.</param>
    /// <param name="tenant">Whose they are.</param>
    /// <param name="request">What else it says.</param>
    public async Task<IntakeResult> TakeAsync(EventBatch batch, Tenant tenant, IntakeRequest request)
    {
        if (batch.Events.Count > options.MaxBatch)
            return IntakeResult.Failed(new EventProblem(413, "too_many_events", $"a request may have {options.MaxBatch} events"));
        var reading = Read(batch, tenant, request);
        if (reading.Read.Count == 0)
            return new IntakeResult { Problem = reading.Refused[0], Refused = reading.Refused };

        var outcome = new TaskCompletionSource<EnqueueOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        HashSet<Task<EnqueueOutcome>> earlier = [];
        List<IntakeResult.TakenEvent> taken = [];
        List<QueuedEvent> events = [];
        foreach (var (index, read) in reading.Read)
        {
            var repeated = Claim(tenant, index, read, request, outcome.Task, earlier);
            var end = repeated || request.Wait is null ? null : waits.Expect(tenant.Number, read.Uuid);
            taken.Add(new IntakeResult.TakenEvent(index, read.Uuid, repeated, end));
            if (!repeated)
                events.Add(new QueuedEvent { Tenant = tenant.Number, Key = read.DistinctId, Received = reading.Now, Body = read.Body, Sender = end is null ? "" : waits.Sender });
        }

        var problem = Problem(await EnqueueAsync(events, tenant, reading, request, outcome));
        // Those that came before are acknowledged only if they were stored.
        foreach (var other in earlier.Where(other => other != outcome.Task))
            problem ??= Problem(await other);
        return new IntakeResult { Problem = problem, Refused = reading.Refused, Taken = taken };
    }

    /// <summary>Waits until events have come to their end, or no longer than that.</summary>
    public async Task WaitAsync(IntakeResult result, Tenant tenant, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(result.Taken.Select(static one => one.End).OfType<Task>()).WaitAsync(patience, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            foreach (var one in result.Taken.Where(static one => one.End is not null))
                waits.Forget(tenant.Number, one.Uuid);
        }
    }

    /// <summary>How full the queue is for a tenant.</summary>
    public int PercentFull(Tenant tenant) => queue.Usage(tenant.Number).Percent;

    private Reading Read(EventBatch batch, Tenant tenant, IntakeRequest request)
    {
        var now = time.GetUtcNow();
        var source = new EventSource(tenant.Number, request.Address, now, batch.SentAt) { DefaultId = batch.DefaultId };
        var reading = new Reading(now, [], []);
        var shedding = Shedding();
        for (var i = 0; i < batch.Events.Count; i++)
        {
            var arrived = batch.Events[i];
            if (arrived.Problem is null && batch.Form is { } form)
                arrived = form(arrived.Json, tenant.Name);
            var problem = arrived.Problem;
            if (problem is null && _reader.Read(arrived.Json, source, out problem) is { } accepted && !IsShed(accepted, out problem))
                reading.Read.Add((i, accepted));
            else
                reading.Refused.Add(problem! with { Index = i }); // There is one where there is no event.
        }

        if (reading.Read.Sum(static one => one.Event.DroppedNames) is > 0 and var dropped)
            NamesDropped(tenant, dropped);
        return reading;

        bool IsShed(AcceptedEvent accepted, out EventProblem? why)
        {
            var isShed = shedding?.Covers(tenant, accepted.Name) == true;
            why = isShed ? IngestShedding.Problem : null;
            return isShed;
        }
    }

    // True if the event came before, by its own name or by that of its request.
    private bool Claim(Tenant tenant, int index, AcceptedEvent read, IntakeRequest request, Task<EnqueueOutcome> outcome, HashSet<Task<EnqueueOutcome>> earlier)
    {
        var repeated = false;
        foreach (var id in IdentitiesOf(tenant, index, read, request))
        {
            if (_recent.Claim(tenant.Number, id, outcome, out var before))
                continue;
            earlier.Add(before);
            repeated = true;
        }

        return repeated;
    }

    private static IEnumerable<Guid> IdentitiesOf(Tenant tenant, int index, AcceptedEvent read, IntakeRequest request)
    {
        if (request.IdempotencyKey is { } key)
            yield return NamedUuid.Of(tenant.Name, $"request\n{index}\n{key}");
        if (read.IsNamed)
            yield return read.Uuid;
    }

    private async Task<EnqueueOutcome> EnqueueAsync(
        List<QueuedEvent> events, Tenant tenant, Reading reading, IntakeRequest request, TaskCompletionSource<EnqueueOutcome> outcome)
    {
        var became = EnqueueOutcome.Unavailable;
        try
        {
            became = events.Count == 0 ? EnqueueOutcome.Stored : await queue.EnqueueAsync(events);
        }
        finally
        {
            if (became != EnqueueOutcome.Stored)
                GiveBack(tenant, reading, request, outcome.Task);
            outcome.SetResult(became);
        }

        if (became == EnqueueOutcome.Stored && events.Count > 0)
        {
            stored(tenant);
            Accepted(tenant, events);
        }

        return became;
    }

    private void GiveBack(Tenant tenant, Reading reading, IntakeRequest request, Task<EnqueueOutcome> outcome)
    {
        foreach (var (index, read) in reading.Read)
        {
            foreach (var id in IdentitiesOf(tenant, index, read, request))
                _recent.Release(tenant.Number, id, outcome);
            if (request.Wait is not null)
                waits.Forget(tenant.Number, read.Uuid);
        }
    }

    private static EventProblem? Problem(EnqueueOutcome outcome) => outcome switch
    {
        EnqueueOutcome.Stored => null,
        EnqueueOutcome.QueueFull => new EventProblem(429, "queue_full", "as many events wait as may; send these again later") { RetryAfter = RetrySeconds },
        EnqueueOutcome.DiskFull => new EventProblem(503, "disk_full", "the disk is full; send these again later") { RetryAfter = RetrySeconds },
        _ => new EventProblem(503, "queue_unavailable", "the queue cannot be written; send these again later") { RetryAfter = RetrySeconds },
    };

    private sealed record Reading(DateTimeOffset Now, List<(int Index, AcceptedEvent Event)> Read, List<EventProblem> Refused);
}
