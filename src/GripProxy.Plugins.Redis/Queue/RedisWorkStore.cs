using GripProxy.Plugins.Pipeline;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Redis.Leases;
using GripProxy.Redis.Client;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>
/// Everything that waits, shared by all nodes: events in sixteen partitions by their keys, each worked on by one node (README.md). Thread-safe. Owned by the running plugins.
/// </summary>
internal sealed partial class RedisWorkStore : IWorkStore
{
    // An answer that takes longer to write and read than others should wait for it.
    private const int ReadBytes = 4 * 1024 * 1024;

    private readonly CancellationTokenSource _stopping = new();
    private readonly TakenEvents _taken = new();
    private readonly WorkParts _parts;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Task _looking = Task.CompletedTask;

    /// <summary>Nothing is asked yet.</summary>
    public RedisWorkStore(WorkParts parts, TimeProvider time, ILogger<RedisWorkStore> logger)
    {
        _parts = parts;
        _time = time;
        _logger = logger;
        Post = new RedisPostQueue(parts, time, logger);
        DeadLetters = new RedisDeadLetters(parts, time, logger) { Replayed = tenant => Woken(tenant) };
        Schedules = new RedisScheduleMemory(parts);
        parts.Partitions.Gained = WakeAll;
        parts.Partitions.LetGo = LetGoAsync;
    }

    /// <summary>True: this node is told of what others store for it.</summary>
    public bool IsSubscribed { get; private set; }

    /// <summary>This run of this node.</summary>
    public string Node => _parts.Leases.Node;

    /// <summary>The partitions of this node.</summary>
    public PartitionKeeper Partitions => _parts.Partitions;

    /// <inheritdoc/>
    public IPostQueue Post { get; }

    /// <inheritdoc/>
    public IDeadLetters DeadLetters { get; }

    /// <inheritdoc/>
    public IScheduleMemory Schedules { get; }

    /// <inheritdoc/>
    public Action<int> Woken { get; set; } = static _ => { };

    /// <inheritdoc/>
    public Func<Task> LetGo { get; set; } = static () => Task.CompletedTask;

    /// <inheritdoc/>
    public string Sender => Node;

    /// <inheritdoc/>
    public Action<int, Guid, EventEnd> SenderTold
    {
        get => _parts.Senders.Told;
        set => _parts.Senders.Told = value;
    }

    /// <inheritdoc/>
    public void TellSender(QueuedEvent ended, Guid uuid, EventEnd end) => _ = _parts.Senders.TellAsync(ended, uuid, end);

    /// <inheritdoc/>
    public void Start()
    {
        _parts.Partitions.Start();
        // Without this loop nobody would hear of what was stored while messages were lost.
        _looking = LookLoop.RunAsync(
            LookOnceAsync, fault => Log.NotSeen(_logger, fault.Message), e => Log.NotWoken(_logger, e), _time, _stopping.Token);
    }

    /// <summary>Looks how much of a tenant waits.</summary>
    /// <exception cref="RedisFaultException">Redis is away.</exception>
    public async Task LookAsync(int tenant) => _parts.Counts.NoteAll(tenant, await _parts.Script.RunAsync(tenant, new ScriptArguments().Add("look")));

    /// <inheritdoc/>
    public async ValueTask<EnqueueOutcome> EnqueueAsync(IReadOnlyList<QueuedEvent> events)
    {
        var tenant = events[0].Tenant;
        var arguments = new ScriptArguments().Add("put");
        _parts.AddRoom(arguments, tenant, events.Count, events.Sum(static one => (long)one.Body.Length));
        _parts.AddWake(arguments, tenant, events.All(one => _parts.Partitions.IsMine(PartitionKeeper.PartitionOf(one.Key))));
        foreach (var one in events)
            WorkParts.AddEvent(arguments, one);
        try
        {
            var answer = await _parts.Script.RunAsync(tenant, arguments);
            _parts.Counts.Note(tenant, answer);
            return answer[0].Number == 1 ? EnqueueOutcome.Stored : EnqueueOutcome.QueueFull;
        }
        catch (RedisFaultException fault)
        {
            Log.NotStored(_logger, fault.Message);
            return WorkParts.OutcomeOf(fault);
        }
    }

    /// <inheritdoc/>
    public bool MayBegin(QueuedEvent one) => _parts.Partitions.IsMine(EventPlace.Of(one).Partition) && MayEnd(one);

    /// <inheritdoc/>
    public bool MayEnd(QueuedEvent one)
    {
        var place = EventPlace.Of(one);
        return _parts.Partitions.IsHeld(place.Partition, place.Epoch);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<QueuedEvent>> ReadAsync(int tenant, long after, int limit)
    {
        _parts.Counts.Know(tenant);
        if (_taken.After(tenant, after, limit) is { Count: > 0 } known)
            return known;
        var mine = _parts.Partitions.Mine;
        if (mine.Count == 0)
            return [];
        var arguments = new ScriptArguments().Add("take").Add(limit).Add(ReadBytes);
        foreach (var (partition, epoch) in mine)
        {
            var (place, last) = _taken.PlaceOf(tenant, partition, epoch);
            arguments.Add(partition).Add(epoch).Add(place).Add(last);
        }

        var answer = await _parts.Script.ReadAsync(tenant, arguments);
        List<QueuedEvent> read = [];
        for (var i = 0; i < mine.Count; i++)
        {
            var (partition, epoch) = mine[i];
            // What was read too late is claimed by whoever holds the partition now.
            if (answer[i][0].Number == 1 && _parts.Partitions.IsMine(partition) && _parts.Partitions.IsHeld(partition, epoch))
                read.AddRange(_taken.Add(tenant, partition, epoch, (answer[i][1].Text, answer[i][3].Text), WorkText.Events(tenant, new EventPlace(partition, epoch, ""), answer[i][2])));
        }

        return read;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAsync(int tenant, IReadOnlyList<QueuedEvent> events, IReadOnlyList<PostWork> next)
    {
        var mine = events.Where(MayEnd).ToList();
        if (mine.Count > 0)
        {
            var arguments = new ScriptArguments().Add("done").Add(mine.Count);
            foreach (var one in mine)
                WorkParts.AddEnded(arguments, one);
            arguments.Add(next.Count);
            // Where its events were, so that it is done here too.
            for (var i = 0; i < next.Count; i++)
                WorkParts.AddWork(arguments, EventPlace.Of(mine[i % mine.Count]).Partition, next[i]);
            if (!await TryAsync(tenant, arguments))
                return false;
        }

        _taken.Remove(tenant, events);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> PostponeAsync(QueuedEvent postponed)
    {
        var place = EventPlace.Of(postponed);
        if (!MayEnd(postponed))
            return true;
        var arguments = new ScriptArguments().Add("postpone").Add(place.Partition).Add(place.Epoch).Add(place.Entry).Add(WorkText.NoteOf(postponed));
        if (!await TryAsync(postponed.Tenant, arguments))
            return false;
        _taken.Change(postponed);
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> BuryAsync(QueuedEvent dead, DeadLetterReason reason)
    {
        if (MayEnd(dead))
        {
            var arguments = new ScriptArguments().Add("bury");
            WorkParts.AddEnded(arguments, dead);
            _parts.AddLetter(arguments, DeadLetter.Of(dead, reason, _time.GetUtcNow()));
            if (!await TryAsync(dead.Tenant, arguments))
                return false;
        }

        _taken.Remove(dead.Tenant, [dead]);
        return true;
    }

    /// <inheritdoc/>
    public QueueUsage Usage(int tenant) => _parts.Counts.Usage(tenant);

    /// <inheritdoc/>
    public DateTimeOffset? Oldest(int tenant) => _parts.Counts.Oldest(tenant);

    /// <inheritdoc/>
    public DateTimeOffset? OldestPost(int tenant) => _parts.Counts.OldestPost(tenant);

    /// <inheritdoc/>
    public long Retrying(int tenant) => _parts.Counts.Retrying(tenant);

    /// <summary>Gives back the partitions, so that the other nodes go on at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _looking;
        await _parts.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task<bool> TryAsync(int tenant, ScriptArguments arguments)
    {
        try
        {
            var answer = await _parts.Script.RunAsync(tenant, arguments);
            if (answer.Count > 1)
                _parts.Counts.Note(tenant, answer);
            return true;
        }
        catch (RedisFaultException fault)
        {
            Log.NotStored(_logger, fault.Message);
            return false;
        }
    }

    private Task LetGoAsync()
    {
        _taken.Forget(one => !MayBegin(one));
        return LetGo();
    }

    private void WakeAll()
    {
        foreach (var tenant in _parts.Counts.Tenants)
            Woken(tenant);
    }

    // A message may be lost, so what waits is looked at too.
    private async Task LookOnceAsync()
    {
        if (!IsSubscribed)
        {
            await _parts.Script.SubscribeAsync(tenant => Woken(tenant));
            await _parts.Senders.SubscribeAsync();
            IsSubscribed = true;
        }

        foreach (var tenant in _parts.Counts.Tenants.ToList())
        {
            var before = _parts.Counts.Works(tenant);
            await LookAsync(tenant);
            if (_parts.Counts.Events(tenant) > _taken.Count(tenant) || _parts.Counts.Works(tenant) > before)
                Woken(tenant);
        }
    }
}
