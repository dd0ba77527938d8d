using Microsoft.Extensions.Logging;

namespace GripProxy.Security.Keys;

internal sealed partial class KeySetFile
{
    private static partial class Log
    {
        [LoggerMessage(EventId = 1000, Level = LogLevel.Information, EventName = "KeySetRead",
            Message = "Key set '{Path}' of issuer '{Issuer}' read again: {Count} usable keys")]
        public static partial void KeySetRead(ILogger logger, string path, string issuer, int count);

        [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, EventName = "KeySetUnusable",
            Message = "Key set of issuer '{Issuer}' changed and cannot be used, the old keys stay: {Problem}")]
        public static partial void KeySetUnusable(ILogger logger, string issuer, string problem);
    }
}
