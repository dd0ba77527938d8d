using GripProxy.Origin;

namespace GripProxy.OriginSample;

/// <summary>
/// The smallest stream: the answer says "hold this request open on channel ticker" and is over for the origin. Every item published there
/// reaches every client; see <see cref="TickerService"/>.
/// </summary>
internal static class TickerStream
{
    /// <summary>The channel of ticks.</summary>
    public const string Channel = "ticker";

    public static void Map(IEndpointRouteBuilder held) =>
        held.MapServerSentEvents("/ticker", (HttpRequest request) =>
        {
            var instruct = GripInstruct.HoldStream(Channel);
            // Where the proxy keeps a log, a browser that comes back gets the ticks that it missed, and this endpoint need not know.
            return request.Grip().Supports("resume") ? instruct.ResumeByEventId() : instruct;
        });
}
