using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Redis.Leases;
using GripProxy.Redis.Client;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>What all that waits is kept with, and how it is given to the script. Thread-safe. Owned by the store.</summary>
internal sealed record WorkParts : IAsyncDisposable
{
    /// <summary>The connection.</summary>
    public required RedisClient Client { get; init; }

    /// <summary>Says in the data folder that this process works with it.</summary>
    public required RunFile Run { get; init; }

    /// <summary>The script.</summary>
    public required WorkScript Script { get; init; }

    /// <summary>The way to senders that wait at other nodes.</summary>
    public required SenderMessages Senders { get; init; }

    /// <summary>The leases.</summary>
    public required RedisLeaseStore Leases { get; init; }

    /// <summary>The partitions of this node.</summary>
    public required PartitionKeeper Partitions { get; init; }

    /// <summary>How much waits.</summary>
    public required WorkCounts Counts { get; init; }

    /// <summary>What an enqueuer is told of a fault.</summary>
    public static EnqueueOutcome OutcomeOf(RedisFaultException fault) => fault.Fault == RedisFault.OutOfMemory ? EnqueueOutcome.DiskFull : EnqueueOutcome.Unavailable;

    /// <summary>Adds how much is to be stored, and what may be.</summary>
    public void AddRoom(ScriptArguments arguments, int tenant, int count, long size)
    {
        Counts.Know(tenant);
        arguments.Add(count).Add(size).Add(Counts.Limits.Events).Add(Counts.RoomFor(tenant));
    }

    /// <summary>Adds how other nodes are woken, if there is something for them.</summary>
    public void AddWake(ScriptArguments arguments, int tenant, bool isAllMine) => arguments.Add(isAllMine ? "" : Script.Wake).Add(tenant);

    /// <summary>Adds an event to be stored.</summary>
    public static void AddEvent(ScriptArguments arguments, QueuedEvent one) =>
        arguments.Add(PartitionKeeper.PartitionOf(one.Key)).Add(WorkText.Of(one)).Add(one.Key).Add(one.Body);

    /// <summary>Adds an event that is not to be kept any more.</summary>
    public static void AddEnded(ScriptArguments arguments, QueuedEvent one)
    {
        var place = EventPlace.Of(one);
        arguments.Add(place.Partition).Add(place.Epoch).Add(place.Entry).Add(one.Body.Length);
    }

    /// <summary>Adds work to be stored.</summary>
    public static void AddWork(ScriptArguments arguments, int partition, PostWork work) => arguments.Add(partition).Add(WorkText.Of(work)).Add(work.Body);

    /// <summary>Adds a dead letter to be stored.</summary>
    public void AddLetter(ScriptArguments arguments, DeadLetter letter) => arguments
        .Add(WorkText.Of(letter)).Add(letter.Body).Add(Counts.Limits.DeadLetters).Add(WorkText.Time(letter.Time.AddDays(-Counts.Limits.DeadLetterDays)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Partitions.DisposeAsync();
        await Leases.DisposeAsync();
        await Client.DisposeAsync();
        Run.Dispose();
    }
}
