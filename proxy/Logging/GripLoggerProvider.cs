using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Logging;

/// <summary>Makes the loggers of the process. Thread-safe; owns nothing: the sink outlives it.</summary>
internal sealed class GripLoggerProvider(LogLevelSwitch levels, LogSink sink) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new GripLogger(LogCategory.Of(categoryName), levels, sink);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing of its own.
    }
}
