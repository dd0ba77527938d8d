using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Events.Ingest;

/// <summary>
/// Identities of events that came lately, so that one sent again is not processed again (plugins-http.md §3.2). Of more than so many the oldest are forgotten,
/// so that no sender makes it grow. Thread-safe.
/// </summary>
/// <param name="window">How long an identity is known; zero: nothing is.</param>
/// <param name="time">The clock.</param>
internal sealed class RecentEvents(TimeSpan window, TimeProvider time)
{
    // 20 MiB at most: a minute of 4000 events a second.
    private const int Most = 250_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Identity, Task<EnqueueOutcome>> _known = [];
    private readonly Queue<(long Since, Identity Identity, Task<EnqueueOutcome> Stored)> _order = new();

    /// <summary>Claims an identity.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="id">The identity.</param>
    /// <param name="stored">What will become of the event that claims it.</param>
    /// <param name="earlier">What becomes of the event that has it, or null.</param>
    /// <returns>True: it is new.</returns>
    public bool Claim(int tenant, Guid id, Task<EnqueueOutcome> stored, [NotNullWhen(false)] out Task<EnqueueOutcome>? earlier)
    {
        earlier = null;
        if (window == TimeSpan.Zero)
            return true;
        var identity = new Identity(tenant, id);
        lock (_gate)
        {
            ForgetOld();
            if (_known.TryGetValue(identity, out earlier))
                return false;
            _known[identity] = stored;
            _order.Enqueue((time.GetTimestamp(), identity, stored));
            return true;
        }
    }

    /// <summary>Gives an identity back: its event was not stored, and may come again.</summary>
    public void Release(int tenant, Guid id, Task<EnqueueOutcome> stored)
    {
        lock (_gate)
            Remove(new Identity(tenant, id), stored);
    }

    private void ForgetOld()
    {
        while (_order.TryPeek(out var oldest) && (_order.Count >= Most || time.GetElapsedTime(oldest.Since) > window))
        {
            _order.Dequeue();
            Remove(oldest.Identity, oldest.Stored);
        }
    }

    // It may have been given back and claimed anew since.
    private void Remove(Identity identity, Task<EnqueueOutcome> stored)
    {
        if (_known.TryGetValue(identity, out var current) && current == stored)
            _known.Remove(identity);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Identity(int Tenant, Guid Id);
}
