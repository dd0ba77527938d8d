using System.Collections.Concurrent;
using GripProxy.Control.Http;
using Microsoft.AspNetCore.Http;

namespace GripProxy.Control.Events;

/// <summary>The event streams that clients of the control port read now. Thread-safe.</summary>
internal sealed class EventStreams(TimeProvider time)
{
    private readonly ConcurrentDictionary<EventReader, byte> _readers = new();
    private volatile bool _isOver;

    /// <summary>An answer that is a stream of events.</summary>
    /// <param name="begin">
    /// Lets events come to the reader. Disposing of what it returns ends that; it is disposed of when the client is gone or the stream ends.
    /// </param>
    public ControlAnswer Answer(Func<EventReader, IDisposable> begin) => Answer(reader => Task.FromResult(begin(reader)));

    /// <summary>As the other, with a beginning that takes a moment.</summary>
    public ControlAnswer Answer(Func<EventReader, Task<IDisposable>> begin) =>
        new(StatusCodes.Status200OK, "text/event-stream", default) { Stream = context => RunAsync(context, begin) };

    /// <summary>Ends all streams, for the end of the process.</summary>
    public void EndAll()
    {
        _isOver = true;
        foreach (var (reader, _) in _readers)
            reader.End();
    }

    private async Task RunAsync(HttpContext context, Func<EventReader, Task<IDisposable>> begin)
    {
        using var reader = new EventReader(time);
        _readers.TryAdd(reader, 0);
        try
        {
            if (_isOver)
                reader.End();
            using var source = await begin(reader);
            await reader.WriteAsync(context);
        }
        finally
        {
            _readers.TryRemove(reader, out _);
        }
    }
}
