using Microsoft.Extensions.Logging;

namespace GripProxy.Security.Tests.Support;

/// <summary>A logger that keeps its lines.</summary>
internal sealed class LogLines : ILogger
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Add($"{eventId.Id} {logLevel} {formatter(state, exception)}");
}
