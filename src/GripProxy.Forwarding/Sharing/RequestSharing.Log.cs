using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.Sharing;

internal sealed partial class RequestSharing
{
    private static partial class Log
    {
        [LoggerMessage(4040, LogLevel.Debug, "{Url} waits for the answer of exchange {Id}", EventName = "SharedWait")]
        public static partial void Waits(ILogger logger, string url, long id);
    }
}
