using Microsoft.Extensions.Logging;

namespace GripProxy.Holds;

internal sealed partial class JoinSequence
{
    private static partial class Log
    {
        // CLI-11
        [LoggerMessage(3000, LogLevel.Information, "subscribe {Url} channel={Channel}{Suffix}", EventName = "Subscribed")]
        public static partial void Subscribed(ILogger logger, string url, string channel, string suffix);

        [LoggerMessage(3001, LogLevel.Warning,
            "{Url}: the origin named {Count} channels; only the first {Max} are used ([handler] connection_subscription_max)",
            EventName = "TooManyChannels")]
        public static partial void TooManyChannels(ILogger logger, string url, int count, int max);

        [LoggerMessage(3002, LogLevel.Information, "an origin names the filter '{Name}', which does not exist; it is ignored (said once)",
            EventName = "UnknownFilter")]
        public static partial void UnknownFilter(ILogger logger, string name);
    }
}
