using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GripProxy.Control.Tests.Testing;

/// <summary>Keeps every log line. Thread-safe.</summary>
internal sealed class RecordedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<Entry> _entries = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _firsts = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Lines => [.. _entries.Select(entry => $"{entry.Level}: {entry.Text}")];

    public IReadOnlyList<string> Values(string eventName, string value) =>
    [
        .. _entries.Where(entry => entry.Name == eventName).Select(entry => entry.State.Single(pair => pair.Key == value).Value?.ToString() ?? ""),
    ];

    /// <summary>Ends when the first line of this event is written.</summary>
    public Task WhenAsync(string eventName) =>
        _firsts.GetOrAdd(eventName, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public ILogger CreateLogger(string categoryName) => new Recorder(this);

    public void Dispose()
    {
    }

    private sealed record Entry(LogLevel Level, string? Name, string Text, IReadOnlyList<KeyValuePair<string, object?>> State);

    private sealed class Recorder(RecordedLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            log._entries.Enqueue(new Entry(logLevel, eventId.Name, formatter(state, exception), [.. values]));
            if (eventId.Name is { } name)
                log._firsts.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }
}
