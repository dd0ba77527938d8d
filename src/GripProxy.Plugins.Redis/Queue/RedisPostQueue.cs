using System.Collections.ObjectModel;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Redis.Leases;
using GripProxy.Redis.Client;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>Work beside the chain. It waits in a partition, so one node does it: the one that did the event, as a rule (README.md). Thread-safe.</summary>
internal sealed partial class RedisPostQueue(WorkParts parts, TimeProvider time, ILogger logger) : IPostQueue
{
    private int _next;

    /// <inheritdoc/>
    public async ValueTask<(EnqueueOutcome Outcome, long Id)> AddAsync(PostWork work)
    {
        var mine = parts.Partitions.Mine;
        var turn = Interlocked.Increment(ref _next) & int.MaxValue;
        var partition = mine.Count > 0 ? mine[turn % mine.Count].Partition : turn % PartitionKeeper.Count;
        parts.Counts.Know(work.Tenant);
        var arguments = new ScriptArguments().Add("work").Add(work.Body.Length).Add(parts.Counts.Limits.Events).Add(parts.Counts.RoomFor(work.Tenant));
        parts.AddWake(arguments, work.Tenant, isAllMine: mine.Count > 0);
        WorkParts.AddWork(arguments, partition, work);
        try
        {
            var answer = await parts.Script.RunAsync(work.Tenant, arguments);
            parts.Counts.Note(work.Tenant, answer);
            return answer[0].Text is { Length: > 0 } ? (EnqueueOutcome.Stored, answer[0].Number) : (EnqueueOutcome.QueueFull, 0);
        }
        catch (RedisFaultException fault)
        {
            Log.NotStored(logger, fault.Message);
            return (WorkParts.OutcomeOf(fault), 0);
        }
    }

    /// <inheritdoc/>
    public bool MayBegin(PostWork work) =>
        parts.Partitions.IsMine(PartitionOf(work)) && (work.Epoch == 0 || parts.Partitions.IsHeld(PartitionOf(work), work.Epoch));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PostWork>> ReadDueAsync(PostLineOf line, DateTimeOffset now, IReadOnlyCollection<long> except, int limit)
    {
        var arguments = new ScriptArguments().Add("due").Add(line.Install).Add((int)line.Line).Add(WorkText.Time(now)).Add(limit);
        return AddMine(arguments) is { Count: > 0 } mine ? await ReadAsync(line.Tenant, AddList(arguments, except), mine) : [];
    }

    /// <inheritdoc/>
    public async ValueTask<DateTimeOffset?> NextDueAsync(PostLineOf line, IReadOnlyCollection<long> except)
    {
        var arguments = new ScriptArguments().Add("next").Add(line.Install).Add((int)line.Line);
        if (AddMine(arguments).Count == 0)
            return null;
        var answer = await parts.Script.ReadAsync(line.Tenant, AddList(arguments, except));
        return answer.Text.Length > 0 ? WorkText.Time(answer.Number) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PostWork>> ListAsync(int tenant, int? install, PostLine line, long after, int limit)
    {
        var arguments = new ScriptArguments().Add("list");
        arguments = install is { } number ? arguments.Add(number) : arguments.Add("");
        return await ReadAsync(tenant, arguments.Add((int)line).Add(after).Add(limit), ReadOnlyDictionary<int, long>.Empty);
    }

    /// <inheritdoc/>
    public async ValueTask<PostBuffer> BufferAsync(PostLineOf line)
    {
        var arguments = new ScriptArguments().Add("buffer").Add(line.Install);
        if (AddMine(arguments).Count == 0)
            return default;
        var answer = await parts.Script.ReadAsync(line.Tenant, arguments);
        return new PostBuffer(answer[0].Number, answer[1].Text.Length > 0 ? WorkText.Time(answer[1].Number) : null);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PostWork>> ReadBufferAsync(PostLineOf line, long bytes)
    {
        var arguments = new ScriptArguments().Add("fresh").Add(line.Install).Add(bytes);
        return AddMine(arguments) is { Count: > 0 } mine ? await ReadAsync(line.Tenant, arguments, mine) : [];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<PostWork>> ReadBatchAsync(PostLineOf line)
    {
        var arguments = new ScriptArguments().Add("batch").Add(line.Install);
        return AddMine(arguments) is { Count: > 0 } mine ? await ReadAsync(line.Tenant, arguments, mine) : [];
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RemoveAsync(IReadOnlyList<PostWork> works) =>
        await TryAsync(works[0].Tenant, AddEnded(new ScriptArguments().Add("forget"), works));

    /// <inheritdoc/>
    public async ValueTask<bool> UpdateAsync(IReadOnlyList<PostWork> works, long grown = 0)
    {
        var arguments = new ScriptArguments().Add("change").Add(works.Count);
        foreach (var work in works)
            arguments.Add(work.Id).Add(work.Epoch).Add(WorkText.Of(work)).Add(work.Body);
        return await TryAsync(works[0].Tenant, arguments);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> BuryAsync(IReadOnlyList<PostWork> works, DeadLetterReason reason)
    {
        var arguments = AddEnded(new ScriptArguments().Add("burywork"), works);
        parts.AddLetter(arguments, DeadLetter.Of(works, reason, time.GetUtcNow()));
        return await TryAsync(works[0].Tenant, arguments);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<int>> InstallsAsync(int tenant)
    {
        parts.Counts.Know(tenant);
        var answer = await parts.Script.ReadAsync(tenant, new ScriptArguments().Add("installs"));
        return [.. Enumerable.Range(0, answer.Count).Select(i => (int)answer[i].Number)];
    }

    /// <inheritdoc/>
    public long Count(int tenant) => parts.Counts.Works(tenant);

    private static ScriptArguments AddList(ScriptArguments arguments, IReadOnlyCollection<long> numbers)
    {
        arguments.Add(numbers.Count);
        foreach (var number in numbers)
            arguments.Add(number);
        return arguments;
    }

    private static int PartitionOf(PostWork work) => (int)(work.Id % PartitionKeeper.Count);

    // Each with the lease under which it was read: a node that has lost that one ends nothing of it.
    private static ScriptArguments AddEnded(ScriptArguments arguments, IReadOnlyList<PostWork> works)
    {
        arguments.Add(works.Count);
        foreach (var work in works)
            arguments.Add(work.Id).Add(work.Epoch);
        return arguments;
    }

    // The partitions of this node with the epochs of their leases; none: nothing is done here.
    private Dictionary<int, long> AddMine(ScriptArguments arguments)
    {
        var mine = parts.Partitions.Mine;
        arguments.Add(mine.Count);
        foreach (var (partition, epoch) in mine)
            arguments.Add(partition).Add(epoch);
        return mine.ToDictionary(static one => one.Partition, static one => one.Epoch);
    }

    private async Task<IReadOnlyList<PostWork>> ReadAsync(int tenant, ScriptArguments arguments, IReadOnlyDictionary<int, long> mine)
    {
        var answer = await parts.Script.ReadAsync(tenant, arguments);
        return
        [
            .. Enumerable.Range(0, answer.Count).Select(i => WorkText.Work(tenant, answer[i][0].Number, answer[i][1].Bytes, answer[i][2].Bytes))
                .Select(work => work with { Epoch = mine.GetValueOrDefault(PartitionOf(work)) }),
        ];
    }

    private async Task<bool> TryAsync(int tenant, ScriptArguments arguments)
    {
        try
        {
            parts.Counts.Note(tenant, await parts.Script.RunAsync(tenant, arguments));
            return true;
        }
        catch (RedisFaultException fault)
        {
            Log.NotStored(logger, fault.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7930, LogLevel.Warning, "work of plugins cannot be written: {Reason}", EventName = "PostWorkNotStored")]
        public static partial void NotStored(ILogger logger, string reason);
    }
}
