using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.Routing;

/// <content>Log messages; the texts are Pushpin's (RTE-40, CLI-11).</content>
public sealed partial class RouteStore
{
    private static partial class Log
    {
        [LoggerMessage(4500, LogLevel.Information, "routes loaded with {Count} entries", EventName = "RoutesLoaded")]
        public static partial void Loaded(ILogger logger, int count);

        [LoggerMessage(4501, LogLevel.Information, "routes file changed, reloading", EventName = "RoutesFileChanged")]
        public static partial void Changed(ILogger logger);

        [LoggerMessage(4502, LogLevel.Warning, "unable to open routes file: {Path}", EventName = "RoutesFileUnreadable")]
        public static partial void UnableToOpen(ILogger logger, string path);

        [LoggerMessage(4503, LogLevel.Warning, "{Problem}", EventName = "RouteProblem")]
        public static partial void Problem(ILogger logger, string problem);

        [LoggerMessage(4504, LogLevel.Warning, "routes file is not watched, it is read again on SIGHUP only: {Folder}: {Reason}", EventName = "RoutesFileNotWatched")]
        public static partial void NotWatched(ILogger logger, string folder, string reason);
    }
}
