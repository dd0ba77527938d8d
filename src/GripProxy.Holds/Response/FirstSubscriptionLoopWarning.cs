using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GripProxy.Holds.Response;

/// <summary>Says once per route that its origin names a new channel in each answer (DIF-40). Thread-safe.</summary>
internal sealed partial class FirstSubscriptionLoopWarning(ILogger logger)
{
    private readonly ConcurrentDictionary<string, byte> _warned = new(StringComparer.Ordinal);

    public void Warn(Hold hold)
    {
        if (_warned.TryAdd(hold.RouteId ?? "", 0))
            Log.Loop(logger, hold.Url);
    }

    private static partial class Log
    {
        [LoggerMessage(3050, LogLevel.Warning,
            "{Url}: the origin names another new channel each time it is asked again; it is not asked a fourth time "
            + "([handler] update_on_first_subscription=false turns this off)", EventName = "FirstSubscriptionLoop")]
        public static partial void Loop(ILogger logger, string url);
    }
}
