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
}
