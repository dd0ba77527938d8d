using System.Text;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Tracing;
using GripProxy.Protocol.Http;
using GripProxy.Protocol.Items;

namespace GripProxy.Holds.Response;

/// <summary>What ended a response hold. Immutable.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Published">What was published, still to be merged with the template, or null.</param>
/// <param name="Answer">The answer, if it is ready.</param>
/// <param name="Trail">Hears when the answer is written, or null.</param>
/// <param name="PublishedAt">When what was published was, if its way is timed; else 0.</param>
/// <param name="Recovery">Why the origin is to be asked again, or null: it is not.</param>
internal sealed record ResponseEnding(
    CloseReason Reason,
    HttpResponseFormat? Published = null,
    HttpReply? Answer = null,
    ItemTrail? Trail = null,
    long PublishedAt = 0,
    RecoveryReason? Recovery = null)
{
    private static readonly ResponseEnding[] Retries =
        [.. Enum.GetValues<RecoveryReason>().Select(static reason => new ResponseEnding(CloseReason.Origin, Recovery: reason))];

    /// <summary>True if what was published came from the log of its channel (LOG-06).</summary>
    public bool IsFromLog { get; init; }

    /// <summary>The origin is to be asked again.</summary>
    public static ResponseEnding Retry(RecoveryReason reason) => Retries[(int)reason];

    /// <summary>An item is the answer, or asks for another question to the origin.</summary>
    public static ResponseEnding Of(Item item, HttpResponseFormat format, long publishedAt = 0) => format.Action == ItemAction.Hint
        ? Retry(RecoveryReason.Hint)
        : new ResponseEnding(CloseReason.Published, format, Trail: FollowedItem.TrailOf(item), PublishedAt: publishedAt);

    /// <summary>The end that only debug mode has: an error that the client reads (HTTP-21, HTTP-24).</summary>
    public static ResponseEnding Failure(string text) => new(
        CloseReason.Error,
        Answer: new HttpReply(502, ReasonPhrases.Get(502), new HeaderList([new HeaderField("Content-Type", "text/plain")]), Encoding.UTF8.GetBytes(text + "\n")));

    /// <summary>What it means for the request that was held.</summary>
    public ResponseHoldResult ToResult(ResponseHold hold)
    {
        if (Recovery is { } recovery)
        {
            hold.CountRecovery(recovery);
            return new ResponseHoldResult { Retry = hold.LastIds(), IsFirstSubscription = recovery == RecoveryReason.FirstSubscription };
        }

        var template = hold.Template;
        var answer = Answer;
        if (Published is not null)
            answer = ResponseMerge.Apply(template, Published);
        else if (Reason is CloseReason.Timeout or CloseReason.Admin)
            answer = template;
        if (answer is not null && Reason != CloseReason.Error && ResumedHeader(hold) is { } resumed)
            answer = answer with { Headers = new HeaderList([.. answer.Headers, new HeaderField("Channel-Resumed", resumed)]) };
        return new ResponseHoldResult { Reason = Reason, Answer = answer, Written = Trail is null && PublishedAt == 0 ? null : () => hold.NoteWritten(this) };
    }

    /// <summary>What the client is told of its resume, or null: nothing (LOG-07).</summary>
    private string? ResumedHeader(ResponseHold hold) => hold.Resumed ?? (IsFromLog ? "true" : null);
}
