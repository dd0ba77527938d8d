using System.Globalization;
using GripProxy.Plugins.Egress;
using GripProxy.Plugins.Engine;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Post.Webhooks;

/// <summary>Sends what plugins have composed (plugins.md §7.7). Thread-safe.</summary>
internal sealed class WebhookSender(EgressClient egress, TimeProvider time)
{
    private const string Name = "WebhookError";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>Sends a webhook.</summary>
    /// <param name="work">The work; its body is the webhook.</param>
    /// <param name="declared">Patterns of hosts that its plugin declares.</param>
    /// <param name="stopping">Gives it up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<PostOutcome> SendAsync(PostWork work, IReadOnlyList<string> declared, CancellationToken stopping)
    {
        using var document = CellJson.Parse(work.Body);
        if (Webhook.Read(document.RootElement, out var problem) is not { } webhook)
            return PostOutcome.Dead(Error(problem!)); // There is one where there is no webhook.
        var request = new EgressRequest
        {
            Method = webhook.Method,
            Url = webhook.Url,
            Headers = webhook.Headers,
            Body = webhook.Body,
            Timeout = Longest,
            Declared = declared,
        };
        var result = await egress.SendAsync(request, stopping);
        if (result.Failure is { } failure)
        {
            return failure.Problem is EgressProblem.Unreachable or EgressProblem.TimedOut
                ? PostOutcome.Retry(Attempt(failure.Message))
                : PostOutcome.Dead(Error(failure.Message));
        }

        var answer = result.Answer!; // One of the two is there.
        var words = $"{webhook.Url.Host} answered {answer.Status.ToString(CultureInfo.InvariantCulture)} {answer.Reason}".TrimEnd();
        return answer.Status switch
        {
            >= 200 and < 300 => PostOutcome.Done,
            408 or 429 or >= 500 => PostOutcome.Retry(Attempt(words), PauseOf(answer)),
            _ => PostOutcome.Dead(Error(words)),
        };

        // As what plugins throw to be called again.
        PluginError Attempt(string message) =>
            Error(string.Create(CultureInfo.InvariantCulture, $"{message} (attempt {work.Attempts + 1}/{RetrySchedule.Webhook.Attempts})"));
    }

    private static PluginError Error(string message) => new(Name, message, "");

    // Seconds or a date, at most an hour.
    private TimeSpan? PauseOf(EgressAnswer answer)
    {
        var text = answer.Headers.FirstOrDefault(header => header.Name.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value?.Trim();
        TimeSpan pause;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            pause = seconds < LongestPause.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestPause;
        else if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            pause = date - time.GetUtcNow();
        else
            return null;
        return pause <= TimeSpan.Zero ? null : pause < LongestPause ? pause : LongestPause;
    }
}
