using Microsoft.Extensions.Logging;

namespace GripProxy.Channels.Publishing;

internal sealed partial class Sequencer
{
    private static partial class Log
    {
        [LoggerMessage(2010, LogLevel.Debug, "publish channel={Channel} id={Id} dropped: another item waits for prev-id={PrevId} already",
            EventName = "PlaceIsTaken")]
        public static partial void PlaceIsTaken(ILogger logger, string channel, string? id, string? prevId);

        [LoggerMessage(2011, LogLevel.Debug, "publish channel={Channel} id={Id} dropped: too many items of the channel wait already, this one for prev-id={PrevId}",
            EventName = "TooManyWait")]
        public static partial void TooManyWait(ILogger logger, string channel, string? id, string? prevId);
    }
}
