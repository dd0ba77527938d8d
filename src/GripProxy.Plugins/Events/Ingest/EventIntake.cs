using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>Puts the events of a request into the queue (plugins-http.md §3). Thread-safe.</summary>
/// <param name="options">Limits.</param>
/// <param name="queue">Where they wait.</param>
/// <param name="stored">Told of the tenant whose events were stored.</param>
/// <param name="time">The clock.</param>
internal sealed class EventIntake(EventsOptions options, IEventQueue queue, Action<Tenant> stored, TimeProvider time)
{
    private const int RetrySeconds = 5;

    private readonly EventReader _reader = new(options.MaxEvent, options.KeepMissingProperties);

    /// <summary>Percent of the queue from which senders are told how full it is.</summary>
    public const int WarnPercent = 80;

    /// <summary>Takes what can be taken. Events that cannot are named; those beside them are taken all the same.</summary>
    /// <param name="batch">The request's events.</param>
    /// <param name="tenant">Whose they are.</param>
    /// <param name="address">Address of the client, or null.</param>
    /// <returns>Events that were refused, each with its index; and what concerns the request as a whole, or null.</returns>
    public async Task<(IReadOnlyList<EventProblem> Refused, EventProblem? Problem)> TakeAsync(EventBatch batch, Tenant tenant, string? address)
    {
        if (batch.Events.Count > options.MaxBatch)
            return ([], new EventProblem(413, "too_many_events", $"a request may have {options.MaxBatch} events"));
        var now = time.GetUtcNow();
        var source = new EventSource(tenant.Number, address, now, batch.SentAt);
        List<EventProblem> refused = [];
        List<QueuedEvent> events = [];
        for (var i = 0; i < batch.Events.Count; i++)
        {
            if (_reader.Read(batch.Events[i], source, out var problem) is { } accepted)
                events.Add(new QueuedEvent { Tenant = tenant.Number, Key = accepted.DistinctId, Received = now, Body = accepted.Body });
            else
                refused.Add(problem! with { Index = i }); // There is one where there is no event.
        }

        if (events.Count == 0)
            return (refused, refused[0]);
        var outcome = await queue.EnqueueAsync(events);
        if (outcome == EnqueueOutcome.Stored)
            stored(tenant);
        return (refused, Problem(outcome));
    }

    /// <summary>How full the queue is for a tenant.</summary>
    public int PercentFull(Tenant tenant) => queue.Usage(tenant.Number).Percent;

    private static EventProblem? Problem(EnqueueOutcome outcome) => outcome switch
    {
        EnqueueOutcome.Stored => null,
        EnqueueOutcome.QueueFull => new EventProblem(429, "queue_full", "as many events wait as may; send these again later") { RetryAfter = RetrySeconds },
        EnqueueOutcome.DiskFull => new EventProblem(503, "disk_full", "the disk is full; send these again later") { RetryAfter = RetrySeconds },
        _ => new EventProblem(503, "queue_unavailable", "the queue cannot be written; send these again later") { RetryAfter = RetrySeconds },
    };
}
