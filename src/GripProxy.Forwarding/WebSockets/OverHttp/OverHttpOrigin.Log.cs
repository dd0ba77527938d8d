using Microsoft.Extensions.Logging;

namespace GripProxy.Forwarding.WebSockets.OverHttp;

internal sealed partial class OverHttpOrigin
{
    private static partial class Log
    {
        [LoggerMessage(4060, LogLevel.Information, "connection {ConnectionId} over HTTP to {Target} ended: {Failure} {Detail}", EventName = "OverHttpEnded")]
        public static partial void Ended(ILogger logger, string connectionId, string target, OverHttpFailure failure, string detail);

        [LoggerMessage(4061, LogLevel.Debug, "connection {ConnectionId} over HTTP to {Target} tries again in {Delay}: {Failure} {Detail}", EventName = "OverHttpRetried")]
        public static partial void Retried(
            ILogger logger, string connectionId, string target, OverHttpFailure failure, string detail, TimeSpan delay);

        [LoggerMessage(4062, LogLevel.Error, "connection {ConnectionId} over HTTP failed in the proxy", EventName = "OverHttpFailed")]
        public static partial void Failed(ILogger logger, string connectionId, Exception exception);
    }
}
