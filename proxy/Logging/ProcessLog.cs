using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Logging;

/// <summary>The log of the process, from before the configuration is read until after the last connection. Thread-safe.</summary>
internal sealed class ProcessLog : IAsyncDisposable
{
    private readonly LogSink _sink;
    private readonly LogLevelSwitch _levels = new();
    private readonly LoggerFactory _factory;

    /// <summary>Logs to a sink, which it owns from now on.</summary>
    public ProcessLog(LogSink sink)
    {
        _sink = sink;
        // The factory filters nothing: our loggers know the levels.
        _factory = new LoggerFactory([new GripLoggerProvider(_levels, sink)], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
    }

    /// <summary>Makes loggers.</summary>
    public ILoggerFactory Factory => _factory;

    /// <summary>Sets the levels in force (CLI-03).</summary>
    public void SetLevels(LogLevels levels) => _levels.Current = levels;

    /// <summary>Opens the log file anew (CLI-05).</summary>
    public void Reopen() => _sink.Reopen();

    /// <summary>Writes what is queued and closes.</summary>
    public ValueTask DisposeAsync()
    {
        _factory.Dispose();
        return _sink.DisposeAsync();
    }
}
