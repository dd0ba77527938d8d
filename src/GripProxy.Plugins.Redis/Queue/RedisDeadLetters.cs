using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Redis.Leases;
using GripProxy.Redis.Client;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Redis.Queue;

/// <summary>What is not tried any more, of all nodes. Thread-safe.</summary>
internal sealed partial class RedisDeadLetters(WorkParts parts, TimeProvider time, ILogger logger) : IDeadLetters
{
    private const int Page = 100;

    private int _next;

    /// <summary>Told of a tenant that has something to do again.</summary>
    public Action<int> Replayed { get; init; } = static _ => { };

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DeadLetter>> ListAsync(int tenant, DeadLetterFilter filter, long after, int limit)
    {
        List<DeadLetter> found = [];
        await foreach (var page in PagesAsync(tenant, filter, after, whole: false))
        {
            found.AddRange(page.Select(static letter => letter with { Body = default }).Take(limit - found.Count));
            if (found.Count == limit)
                break;
        }

        return found;
    }

    /// <inheritdoc/>
    public async ValueTask<DeadLetter?> GetAsync(int tenant, long id) => (await TheseAsync(tenant, [id])).SingleOrDefault();

    /// <inheritdoc/>
    public async ValueTask<long> CountAsync(int tenant, DeadLetterFilter filter)
    {
        var count = 0;
        await foreach (var page in PagesAsync(tenant, filter, 0, whole: false))
            count += page.Count;
        return count;
    }

    /// <inheritdoc/>
    public IReadOnlyList<(int Tenant, string Stage, long Count)> Counts() => parts.Counts.Letters();

    /// <inheritdoc/>
    public async ValueTask<int> ReplayAsync(int tenant, DeadLetterFilter filter, bool fromStart, double perSecond)
    {
        var replayed = 0;
        var back = new ReplayPage(tenant, time.GetUtcNow(), perSecond > 0 ? TimeSpan.FromSeconds(1 / perSecond) : TimeSpan.Zero);
        // What fails again while this runs comes behind the last that is meant.
        var last = (await parts.Script.ReadAsync(tenant, new ScriptArguments().Add("lastletter"))).Number;
        await foreach (var page in PagesAsync(tenant, filter, 0, whole: true))
        {
            var letters = page.Where(letter => letter.Id <= last).ToList();
            if (letters.Count == 0 || !await PutBackAsync(tenant, letters, back.Take(letters, fromStart)))
                break;
            replayed += letters.Count;
        }

        if (replayed > 0)
            Replayed(tenant);
        return replayed;
    }

    /// <inheritdoc/>
    public async ValueTask<int> DeleteAsync(int tenant, DeadLetterFilter filter)
    {
        var deleted = 0;
        await foreach (var page in PagesAsync(tenant, filter, 0, whole: false))
            deleted += (int)(await parts.Script.ReadAsync(tenant, AddList(new ScriptArguments().Add("dropletters"), page.Select(static letter => letter.Id)))).Number;
        return deleted;
    }

    private static ScriptArguments AddList(ScriptArguments arguments, IEnumerable<long> ids)
    {
        List<long> all = [.. ids];
        arguments.Add(all.Count);
        foreach (var id in all)
            arguments.Add(id);
        return arguments;
    }

    private static bool Fits(DeadLetter letter, DeadLetterFilter filter) =>
        (filter.Stage ?? letter.Stage) == letter.Stage && (filter.Install ?? letter.Install) == letter.Install
        && (filter.Since ?? letter.Time) <= letter.Time && (filter.Event ?? letter.Event) == letter.Event;

    // Letters that fit, in their order.
    private async IAsyncEnumerable<IReadOnlyList<DeadLetter>> PagesAsync(int tenant, DeadLetterFilter filter, long after, bool whole)
    {
        if (filter.Ids is { } ids)
        {
            foreach (var some in ids.Where(id => id > after).Order().Chunk(Page))
                yield return [.. (await TheseAsync(tenant, some)).Where(letter => Fits(letter, filter))];
            yield break;
        }

        while (true)
        {
            var read = await ReadAsync(tenant, new ScriptArguments().Add("letters").Add(after).Add(Page).Add(whole ? 1 : 0));
            if (read.Count == 0)
                yield break;
            after = read[^1].Id;
            if (read.Where(letter => Fits(letter, filter)).ToList() is { Count: > 0 } fitting)
                yield return fitting;
        }
    }

    private Task<IReadOnlyList<DeadLetter>> TheseAsync(int tenant, IEnumerable<long> ids) => ReadAsync(tenant, AddList(new ScriptArguments().Add("these"), ids));

    private async Task<IReadOnlyList<DeadLetter>> ReadAsync(int tenant, ScriptArguments arguments)
    {
        parts.Counts.Know(tenant);
        var answer = await parts.Script.ReadAsync(tenant, arguments);
        return [.. Enumerable.Range(0, answer.Count).Select(i => WorkText.Letter(tenant, answer[i][0].Number, answer[i][1].Bytes, answer[i][2].Bytes))];
    }

    // Both or neither: what is put back is no dead letter any more.
    private async Task<bool> PutBackAsync(int tenant, List<DeadLetter> letters, (IReadOnlyList<QueuedEvent> Events, IReadOnlyList<PostWork> Works) back)
    {
        var arguments = AddList(new ScriptArguments().Add("replay"), letters.Select(static letter => letter.Id));
        parts.AddRoom(arguments, tenant, back.Events.Count, back.Events.Sum(static one => (long)one.Body.Length));
        foreach (var one in back.Events)
            WorkParts.AddEvent(arguments, one);
        arguments.Add(back.Works.Count);
        foreach (var work in back.Works)
            WorkParts.AddWork(arguments, (Interlocked.Increment(ref _next) & int.MaxValue) % PartitionKeeper.Count, work);
        // This node hears it too.
        parts.AddWake(arguments, tenant, isAllMine: false);
        try
        {
            var answer = await parts.Script.RunAsync(tenant, arguments);
            parts.Counts.Note(tenant, answer);
            return answer[0].Number == 1;
        }
        catch (RedisFaultException fault)
        {
            Log.NotReplayed(logger, fault.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7940, LogLevel.Warning, "dead letters cannot be tried again: {Reason}", EventName = "LettersNotReplayed")]
        public static partial void NotReplayed(ILogger logger, string reason);
    }
}
