using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Telemetry;

/// <summary>Says once that a collector does not take what is sent, and once that it does again. Thread-safe.</summary>
internal sealed partial class ExportWatch(Uri endpoint, ILogger logger)
{
    private int _isFailing;

    /// <summary>The collector took something.</summary>
    public void Succeeded()
    {
        if (Interlocked.Exchange(ref _isFailing, 0) != 0)
            Log.Recovered(logger, endpoint);
    }

    /// <summary>It did not.</summary>
    /// <param name="reason">Why.</param>
    public void Failed(string reason)
    {
        if (Interlocked.Exchange(ref _isFailing, 1) == 0)
            Log.Failed(logger, endpoint, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(
            9230,
            LogLevel.Warning,
            "the collector at {Endpoint} ([telemetry] otlp_endpoint) does not take metrics and traces: {Reason}; the proxy goes on without, and tries again",
            EventName = "TelemetryFailed")]
        public static partial void Failed(ILogger logger, Uri endpoint, string reason);

        [LoggerMessage(9231, LogLevel.Information, "the collector at {Endpoint} takes metrics and traces again", EventName = "TelemetryRecovered")]
        public static partial void Recovered(ILogger logger, Uri endpoint);
    }
}
