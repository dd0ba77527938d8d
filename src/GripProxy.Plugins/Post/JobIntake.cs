using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Queue;
using GripProxy.Plugins.Services;
using GripProxy.Plugins.Tenants;

namespace GripProxy.Plugins.Post;

/// <summary>Takes the jobs of a tenant: those that its plugins put off, and those that an operator starts (plugins.md §9.2). Thread-safe.</summary>
internal sealed class JobIntake(int tenant, IPostQueue queue, TimeProvider time)
{
    /// <summary>Bytes of the largest payload.</summary>
    public const int PayloadBytes = 256 * 1024;

    // Farther than any plugin means, near enough for every clock.
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(36_500);

    /// <summary>Told of jobs that were stored.</summary>
    public Action<IReadOnlyList<PostWork>> Stored { get; set; } = static _ => { };

    /// <summary>What plugins may ask for.</summary>
    public IReadOnlyDictionary<string, HostOperation> Operations => new Dictionary<string, HostOperation>(StringComparer.Ordinal) { ["jobs.enqueue"] = EnqueueAsync };

    /// <summary>A plugin puts a job off: <c>name</c>, <c>payload</c>, and <c>in_ms</c> or <c>at_ms</c>.</summary>
    public async ValueTask<HostAnswer> EnqueueAsync(Install install, JsonElement arguments)
    {
        var name = CellJson.Text(arguments, "name");
        var payload = JsonSerializer.SerializeToUtf8Bytes(arguments.GetProperty("payload"), PluginJson.Default.JsonElement);
        if (payload.Length > PayloadBytes)
            return HostAnswer.Failed("RangeError", $"the payload of a job may have {PayloadBytes >> 10} KiB");
        if (Due(arguments) is not { } due)
            return HostAnswer.Failed("RangeError", "the time of a job is too far away");
        return (await AddAsync(install.Number, name, payload, due)).Outcome switch
        {
            EnqueueOutcome.Stored => HostAnswer.Nothing,
            EnqueueOutcome.QueueFull => HostAnswer.Failed("QueueFullError", "as much waits as may; try again later"),
            _ => HostAnswer.Failed("Error", "the job cannot be stored"),
        };
    }

    /// <summary>Stores a job.</summary>
    /// <param name="install">Number of the install.</param>
    /// <param name="name">Name of the job.</param>
    /// <param name="payload">JSON of at most <see cref="PayloadBytes"/>.</param>
    /// <param name="due">When it is to run.</param>
    /// <returns>The outcome, and the job's number if it was stored.</returns>
    public async ValueTask<(EnqueueOutcome Outcome, long Id)> AddAsync(int install, string name, ReadOnlyMemory<byte> payload, DateTimeOffset due)
    {
        var work = new PostWork
        {
            Tenant = tenant,
            Install = install,
            Line = PostLine.Jobs,
            Method = PostWork.JobPrefix + name,
            Created = time.GetUtcNow(),
            Due = due,
            Body = payload,
        };
        var (outcome, id) = await queue.AddAsync(work);
        if (outcome == EnqueueOutcome.Stored)
            Stored([work]);
        return (outcome, id);
    }

    /// <summary>Jobs that wait, the oldest first.</summary>
    /// <param name="install">Number of the install, or null for all.</param>
    /// <param name="after">Only those after this number; 0: from the first.</param>
    /// <param name="limit">At most so many.</param>
    public ValueTask<IReadOnlyList<PostWork>> ListAsync(int? install, long after, int limit) => queue.ListAsync(tenant, install, PostLine.Jobs, after, limit);

    /// <summary>Forgets a job that waits; one that runs is not stopped.</summary>
    /// <returns>False if there is none of this number.</returns>
    public async ValueTask<bool> DeleteAsync(long id) =>
        await queue.ListAsync(tenant, install: null, PostLine.Jobs, id - 1, 1) is [{ } job] && job.Id == id && await queue.RemoveAsync([job]);

    private DateTimeOffset? Due(JsonElement arguments)
    {
        var now = time.GetUtcNow();
        var wait = CellJson.Find(arguments, "at_ms") is { } at ? at.GetDouble() - now.ToUnixTimeMilliseconds()
            : CellJson.Find(arguments, "in_ms") is { } duration ? duration.GetDouble() : 0;
        if (!(wait <= Farthest.TotalMilliseconds))
            return null;
        return wait <= 0 ? now : now + TimeSpan.FromMilliseconds(wait);
    }
}
