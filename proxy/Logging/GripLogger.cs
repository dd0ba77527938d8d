using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Logging;

/// <summary>The logger of one category. Thread-safe.</summary>
internal sealed class GripLogger(LogCategory category, LogLevelSwitch levels, LogSink sink) : ILogger
{
    /// <summary>Scopes are not written.</summary>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel)
    {
        var rank = category.Rank(logLevel);
        return rank != LogLevel.None && rank >= levels.Current.Minimum(category.Component);
    }

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            sink.Write(category.Rank(logLevel), formatter(state, exception), exception);
        }
    }
}
