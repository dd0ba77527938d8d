using System.Text.Json.Nodes;
using GripProxy.GameDay.Load;
using GripProxy.GameDay.Plans;

namespace GripProxy.GameDay.Agents;

/// <summary>A generator that an agent runs for a coordinator, and when that was heard of last. Owned by the agent; thread-safe.</summary>
/// <param name="generator">The generator.</param>
/// <param name="time">The clock.</param>
internal sealed class AgentJob(LocalGenerator generator, TimeProvider time) : IAsyncDisposable
{
    private readonly long _begin = time.GetTimestamp();
    private long _heard = time.GetTimestamp();
    private int _asking;

    /// <summary>How long nobody has asked for anything.</summary>
    public TimeSpan Silent => Volatile.Read(ref _asking) > 0 ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _heard));

    /// <summary>Connects the clients.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => HearAsync(() => generator.PrepareAsync(cancellationToken));

    /// <summary>Does what is asked for.</summary>
    /// <param name="what">Name of it.</param>
    /// <param name="body">More about it.</param>
    /// <returns>What was counted, if that was asked for.</returns>
    /// <exception cref="PlanException">It is nothing that can be done.</exception>
    public async Task<JsonObject> DoAsync(string what, JsonObject body)
    {
        var problems = new List<string>();
        var node = new PlanNode(body, "", problems);
        var answer = new JsonObject();
        await HearAsync(() => what switch
        {
            "step" => generator.BeginStepAsync(node.Count("step", 1, 1), node.Number("times", 1)),
            "go" => generator.GoAsync(node.Number("rate", 0), node.Number("seconds", 0)),
            "silence" => generator.SilenceAsync(),
            "hold" => generator.SetHoldAsync(node.Flag("holds")),
            "change" => generator.ChangeAsync(LoadChange.Read(node)),
            "read" => ReadAsync(answer, node.Flag("last")),
            _ => throw new PlanException([$"'{what}' is not known; known are step, go, silence, hold, change and read"]),
        });
        return problems.Count == 0 ? answer : throw new PlanException(problems);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => generator.DisposeAsync();

    private async Task ReadAsync(JsonObject answer, bool isLast)
    {
        var reading = await generator.ReadAsync(isLast);
        foreach (var (name, value) in ReadingJson.Write(reading, time.GetElapsedTime(_begin).TotalSeconds).ToList())
            answer[name] = value?.DeepClone();
    }

    private async Task HearAsync(Func<Task> action)
    {
        Interlocked.Increment(ref _asking);
        try
        {
            await action();
        }
        finally
        {
            Volatile.Write(ref _heard, time.GetTimestamp());
            Interlocked.Decrement(ref _asking);
        }
    }
}
