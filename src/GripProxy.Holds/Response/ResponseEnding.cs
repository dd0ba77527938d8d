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
internal sealed record ResponseEnding(
    CloseReason Reason, HttpResponseFormat? Published = null, HttpReply? Answer = null, ItemTrail? Trail = null)
{
    /// <summary>The origin is to be asked again.</summary>
    public static readonly ResponseEnding Retry = new(CloseReason.Origin);

    /// <summary>The origin is to be asked again, only because a channel is new.</summary>
    public static readonly ResponseEnding FirstSubscription = Retry with { };
}
