using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace GripProxy.Plugins.Tests.Fixture;

/// <summary>A log that a test waits for. Owned by one test.</summary>
internal sealed class HeardLog<T> : ILogger<T>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();

    /// <summary>Waits for an event of this name.</summary>
    public async Task HearAsync(string name)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await _heard.Reader.ReadAsync(patience.Token) != name)
        {
            // Another one.
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _heard.Writer.TryWrite(eventId.Name ?? "");
}
