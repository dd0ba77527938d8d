using System.Buffers.Binary;
using System.Security.Cryptography;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Capture;

/// <summary>
/// Knows the events of one tenant that its plugins work on, so that what is captured gets its depth (plugins-api.md §3.9). The cell names the parent by a
/// ticket that no plugin can guess; of what comes without a valid one the deepest event under way is the parent, so that nobody gets around the limit by
/// naming none. Thread-safe.
/// </summary>
internal sealed class EventParents
{
    // Work that a plugin began and did not wait for may capture later.
    private const int Remembered = 1000;

    // What JavaScript counts exactly.
    private const ulong TicketMask = (1UL << 53) - 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, EventParent[]> _tickets = [];
    private readonly HashSet<long> _under = [];
    private readonly Queue<long> _ended = new();

    /// <summary>Work on events begins.</summary>
    /// <returns>The ticket of the call; an event is named by it and its place.</returns>
    public long Open(IEnumerable<QueuedEvent> events) => Open([.. events.Select(static one => new EventParent(one.Depth))]);

    /// <summary>Work on one event of a depth begins.</summary>
    public long Open(int depth) => Open([new EventParent(depth)]);

    /// <summary>Work on them has ended.</summary>
    public void Close(long ticket)
    {
        lock (_gate)
        {
            _under.Remove(ticket);
            _ended.Enqueue(ticket);
            if (_ended.Count > Remembered)
                _tickets.Remove(_ended.Dequeue());
        }
    }

    /// <summary>What something was captured in.</summary>
    /// <param name="ticket">As the cell says; 0: in none.</param>
    /// <param name="index">As the cell says.</param>
    /// <returns>Null: nothing is under way; a schedule or timer captured it.</returns>
    public EventParent? Find(long ticket, int index)
    {
        lock (_gate)
        {
            if (_tickets.TryGetValue(ticket, out var parents) && index >= 0 && index < parents.Length)
                return parents[index];
            return _under.SelectMany(under => _tickets[under]).MaxBy(static parent => parent.NextDepth);
        }
    }

    private long Open(EventParent[] parents)
    {
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        var ticket = (long)(BinaryPrimitives.ReadUInt64LittleEndian(random) & TicketMask);
        lock (_gate)
        {
            _tickets[ticket] = parents;
            _under.Add(ticket);
        }

        return ticket;
    }
}
