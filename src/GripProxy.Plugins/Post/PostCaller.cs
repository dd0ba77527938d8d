using System.Text.Json;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Post.Webhooks;
using GripProxy.Plugins.Queue;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Post;

/// <summary>Does one piece of work: a call with an event, a webhook, or a job (plugins.md §7.5, §7.7, §9.2). Thread-safe; one for each tenant.</summary>
internal sealed partial class PostCaller(GuardedCalls calls, PostParts parts, ILogger logger, CancellationToken stopping)
{
    /// <summary>The exported function that composes webhooks.</summary>
    public const string Compose = "composeWebhook";

    /// <summary>How often work of a kind is tried.</summary>
    public static RetrySchedule ScheduleOf(PostWork work) => work.Line == PostLine.Jobs ? RetrySchedule.Job
        : work.Method is Compose or DeadLetterReason.Webhook ? RetrySchedule.Webhook
        : RetrySchedule.Event;

    /// <summary>Where a dead letter of it failed.</summary>
    public static string StageOf(PostWork work) => work.Line == PostLine.Jobs ? DeadLetterReason.Job : work.Method;

    /// <summary>Does it.</summary>
    /// <exception cref="OperationCanceledException">The plugins are stopping.</exception>
    public async Task<PostOutcome> DoAsync(PostWork work)
    {
        if (work.Method == DeadLetterReason.Webhook)
            return Told(work, Noted(work, await SendAsync(work)));
        if (await calls.CallAsync(work.Install, work.Method, new CallTurn(work.Depth, work.Attempts + 1, ScheduleOf(work).Attempts), work.Body) is not { } result)
            return PostOutcome.NotTried;
        if (result.Error is null)
            return work.Method == Compose ? Told(work, Noted(work, Composed(work, result.Value))) : PostOutcome.Done;
        return Told(work, Judge(work, result.Error));
    }

    // What onEvent throws concerns nobody else, as in the chain; a job or a webhook that fails would be lost without anybody's knowing.
    private static PostOutcome Judge(PostWork work, PluginError error) => error.IsRetry ? PostOutcome.Retry(error)
        : work.Line == PostLine.Jobs || work.Method == Compose || error.Name == GuardedCalls.Crashed ? PostOutcome.Dead(error)
        : PostOutcome.Done with { Error = error };

    // Sent in a step of its own, so that it is not composed again when the other side does not answer.
    private static PostOutcome Composed(PostWork work, ReadOnlyMemory<byte> webhook)
    {
        using var document = CellJson.Parse(webhook);
        if (document.RootElement.ValueKind == JsonValueKind.Null)
            return PostOutcome.Done;
        return Webhook.Read(document.RootElement, out var problem) is null
            ? PostOutcome.Dead(new PluginError("TypeError", problem!, "")) // There is one where there is no webhook.
            : PostOutcome.GoOn(work with { Method = DeadLetterReason.Webhook, Attempts = 0, Body = webhook });
    }

    private async Task<PostOutcome> SendAsync(PostWork work)
    {
        var outcome = await parts.Webhooks.SendAsync(work, parts.Find(work.Install)?.Package.Manifest.Egress ?? [], stopping);
        parts.Counts?.Sent(parts.NameOf(work.Install), outcome);
        return outcome;
    }

    // What its code did not throw it would never hear of.
    private PostOutcome Noted(PostWork work, PostOutcome outcome) => outcome.Error is { } error ? outcome with { Error = parts.Calls.Note(work.Install, error) } : outcome;

    private PostOutcome Told(PostWork work, PostOutcome outcome)
    {
        if (outcome.Error is { } error)
            Log.Failed(logger, parts.Tenant.Name, parts.LabelOf(work.Install), work.Method, error.Stack.Length > 0 ? error.Stack : $"{error.Name}: {error.Message}");
        return outcome;
    }

    private static partial class Log
    {
        [LoggerMessage(7401, LogLevel.Warning, "plugin {Install} of {Tenant}: {Method} failed: {Stack}", EventName = "PostCallFailed")]
        public static partial void Failed(ILogger logger, string tenant, string install, string method, string stack);
    }
}
