using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Events;

namespace GripProxy.Plugins.Trials;

/// <summary>
/// Calls of functions beside the chain: what happens to an event after it was published, and lines that ask for a scheduled function
/// (<c>{"task": "runEveryMinute"}</c>) or a job (<c>{"job": "clean", "payload": …}</c>) in place of an event. Immutable.
/// </summary>
internal sealed record TrialCall
{
    private const string Compose = "composeWebhook";
    private const string Export = "exportEvents";

    private static readonly string[] OfEvents = ["onEvent", "onEventWithPostHogEvent", Compose, Export];

    private readonly string _method;
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _arguments;

    private TrialCall(string method, params IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        _method = method;
        _arguments = arguments;
    }

    /// <summary>The call that a line asks for, or null: it is an event.</summary>
    public static TrialCall? Read(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object || line.TryGetProperty("event", out _))
            return null;
        if (line.TryGetProperty("task", out var task) && task.ValueKind == JsonValueKind.String)
            return new TrialCall(CleanJson.Text(task));
        return line.TryGetProperty("job", out var job) && job.ValueKind == JsonValueKind.String
            ? new TrialCall("jobs." + CleanJson.Text(job), Encoding.UTF8.GetBytes(line.TryGetProperty("payload", out var payload) ? payload.GetRawText() : "null"))
            : null;
    }

    /// <summary>Gives a published event to the functions that see it then.</summary>
    /// <returns>False if the process has ended.</returns>
    public static async Task<bool> GoOnAsync(TrialCell cell, ReadOnlyMemory<byte> final, TrialResult result)
    {
        foreach (var copy in cell.Copies)
        {
            foreach (var method in OfEvents.Where(copy.Capabilities.Has))
            {
                var argument = method == Export ? (byte[])[(byte)'[', .. final.Span, (byte)']'] : final;
                if (!await CallAsync(cell, copy, method, [argument], result))
                    return false;
            }
        }

        return true;
    }

    /// <summary>Calls the function of every plugin that has it.</summary>
    /// <returns>False if the process has ended.</returns>
    public async Task<bool> RunAsync(TrialCell cell, TrialResult result)
    {
        var having = cell.Copies.Where(copy => copy.Capabilities.Has(_method) || copy.Capabilities.Jobs.Any(job => _method == "jobs." + job)).ToList();
        if (having.Count == 0)
            result.Error = new PluginError("Error", $"there is no '{_method}'", "");
        foreach (var copy in having)
        {
            if (!await CallAsync(cell, copy, _method, _arguments, result))
                return false;
        }

        return true;
    }

    private static async Task<bool> CallAsync(TrialCell cell, TrialCopy copy, string method, IReadOnlyList<ReadOnlyMemory<byte>> arguments, TrialResult result)
    {
        try
        {
            var given = await cell.Cell.CallAsync(copy.Copy, method, arguments);
            result.Error = given.Error ?? result.Error;
            if (given.Error is null && method == Compose && JsonNode.Parse(given.Value.Span) is JsonObject webhook)
                result.Record.Request(webhook);
            return true;
        }
        catch (WorkerEndedException e)
        {
            result.Error = new PluginError(e.End.ToString(), e.Message, "");
            return false;
        }
    }
}
