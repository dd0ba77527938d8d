using System.Collections.Concurrent;
using System.Text;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Pipeline;

/// <summary>Senders that wait for the end of their events (plugins-http.md §3.2). Where nobody waits, telling costs one look at a number. Thread-safe.</summary>
internal sealed class EventWaits
{
    // Every event is written so (EventReader).
    private const string Beginning = "{\"uuid\":\"";
    private const int UuidLength = 36;

    private readonly ConcurrentDictionary<(int Tenant, Guid Uuid), TaskCompletionSource<EventEnd>> _waits = new();
    private int _count;

    /// <summary>What the other nodes call this one, so that they can tell of the end of an event that came in here; empty: there are none.</summary>
    public string Sender { get; set; } = "";

    /// <summary>Tells a sender that waits at another node.</summary>
    public Action<QueuedEvent, Guid, EventEnd> Elsewhere { get; set; } = static (_, _, _) => { };

    /// <summary>Begins to wait; before the event is stored, so that no end is missed.</summary>
    public Task<EventEnd> Expect(int tenant, Guid uuid)
    {
        Interlocked.Increment(ref _count);
        var mine = new TaskCompletionSource<EventEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var wait = _waits.GetOrAdd((tenant, uuid), mine);
        if (wait != mine)
            Interlocked.Decrement(ref _count);
        return wait.Task;
    }

    /// <summary>Nobody waits for this event any more.</summary>
    public void Forget(int tenant, Guid uuid) => End(tenant, uuid, EventEnd.Pending);

    /// <summary>Nobody waits any longer.</summary>
    public void ForgetAll()
    {
        foreach (var (tenant, uuid) in _waits.Keys)
            Forget(tenant, uuid);
    }

    /// <summary>An event has come to its end.</summary>
    public void Tell(QueuedEvent ended, EventEnd end)
    {
        var isElsewhere = ended.Sender.Length > 0 && ended.Sender != Sender;
        if (!isElsewhere && Volatile.Read(ref _count) == 0)
            return;
        var body = ended.Body.Span;
        if (body.Length <= Beginning.Length + UuidLength || !Guid.TryParse(Encoding.ASCII.GetString(body.Slice(Beginning.Length, UuidLength)), out var uuid))
            return;
        if (isElsewhere)
            Elsewhere(ended, uuid, end);
        else
            End(ended.Tenant, uuid, end);
    }

    /// <summary>An event has come to its end, here or elsewhere.</summary>
    public void End(int tenant, Guid uuid, EventEnd end)
    {
        if (!_waits.TryRemove((tenant, uuid), out var wait))
            return;
        Interlocked.Decrement(ref _count);
        wait.TrySetResult(end);
    }
}
