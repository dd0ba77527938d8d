using GripProxy.Plugins.Pipeline;

namespace GripProxy.Plugins.Queue;

/// <summary>
/// Everything that waits: events, the work beside their chain, what is not tried any more, and when the clock ran what. In a file of this node, or shared by several
/// nodes (plugins.md §7.2). Thread-safe. Owned by the running plugins.
/// </summary>
internal interface IWorkStore : IEventQueue, IAsyncDisposable
{
    /// <summary>Work beside the chain.</summary>
    IPostQueue Post { get; }

    /// <summary>What is not tried any more.</summary>
    IDeadLetters DeadLetters { get; }

    /// <summary>When schedules ran last.</summary>
    IScheduleMemory Schedules { get; }

    /// <summary>Told of a tenant for which there may be something to do that was not stored here just now.</summary>
    Action<int> Woken { get; set; }

    /// <summary>Called when something that was read here goes to another node. Completes when nothing of it is under way.</summary>
    Func<Task> LetGo { get; set; }

    /// <summary>What this node is called by others that do the events of senders who wait here; empty: there are no others.</summary>
    string Sender { get; }

    /// <summary>Told of the end of an event whose sender waits here: the tenant, the event's name, and its end.</summary>
    Action<int, Guid, EventEnd> SenderTold { get; set; }

    /// <summary>Tells a sender that waits at another node. Returns at once; what gets lost leaves the sender with <c>pending</c> at the end of its patience.</summary>
    /// <param name="ended">The event.</param>
    /// <param name="uuid">Its name.</param>
    /// <param name="end">What became of it.</param>
    void TellSender(QueuedEvent ended, Guid uuid, EventEnd end);

    /// <summary>When the oldest event of a tenant that waits for its chain was accepted, or null; as far as is known without waiting.</summary>
    DateTimeOffset? Oldest(int tenant);

    /// <summary>When the oldest work of a tenant beside the chain was stored, jobs left out, which wait for their time; or null; as far as is known without waiting.</summary>
    DateTimeOffset? OldestPost(int tenant);

    /// <summary>How much of a tenant failed and is tried again: events, and work beside the chain; as far as is known without waiting.</summary>
    long Retrying(int tenant);

    /// <summary>Begins to give out what waits, once everybody is there who takes it.</summary>
    void Start();
}
