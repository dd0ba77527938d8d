using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace GripProxy.Proxy.Logging;

/// <summary>
/// Where log lines go: standard output or a file. Callers only enqueue; one writer formats, writes and flushes, so that a slow disk or a
/// terminal that stands still costs lines, never requests. Lines that find the queue full are counted and mentioned. The queue is
/// thread-safe; the stream is owned by the writer.
/// </summary>
internal sealed class LogSink : IAsyncDisposable
{
    // Lines; a burst of a second at full load fits, and it bounds memory to some MiB.
    private const int Capacity = 16 * 1024;

    // Bytes of text gathered before a write, when more lines wait.
    private const int WriteSize = 32 * 1024;

    // What may be lost at the end is bounded in time: a reader that stands still must not keep the process alive.
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(1);

    private readonly Channel<LogLine> _queue;
    private readonly Func<Stream> _open;
    private readonly TimeProvider _time;
    private readonly Task _writer;
    private long _dropped;
    private volatile bool _reopen;

    /// <summary>Opens the log at once.</summary>
    /// <param name="open">Opens the stream; called again at <see cref="Reopen"/>.</param>
    /// <param name="time">Clock of the lines.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public LogSink(Func<Stream> open, TimeProvider time)
    {
        _open = open;
        _time = time;
        _queue = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        var stream = open();
        _writer = Task.Run(() => WriteAsync(stream));
    }

    /// <summary>A sink for <c>--logfile</c>, appended to; standard output if null.</summary>
    public static LogSink Create(string? path, TimeProvider time) =>
        path is null
            ? new LogSink(Console.OpenStandardOutput, time)
            // Shared for deletion as well, so that a rotation can rename the file under us until SIGHUP.
            : new LogSink(() => new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0), time);

    /// <summary>Takes a message; never waits.</summary>
    public void Write(LogLevel level, string message, Exception? exception)
    {
        if (!_queue.Writer.TryWrite(new LogLine(_time.GetLocalNow(), level, message, exception)))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Opens the log anew before the next line (CLI-05: SIGHUP after a rotation). If that fails, the old one is kept and told so.</summary>
    public void Reopen() => _reopen = true;

    /// <summary>Writes what is queued and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await Task.WhenAny(_writer, Task.Delay(FlushTimeout, _time));
    }

    private async Task WriteAsync(Stream stream)
    {
        var text = new StringBuilder();
        while (await _queue.Reader.WaitToReadAsync())
        {
            if (_reopen)
            {
                _reopen = false;
                stream = await ReopenAsync(stream, text);
            }

            AppendDropped(text);
            while (text.Length < WriteSize && _queue.Reader.TryRead(out var line))
            {
                LogFormat.Append(text, line);
            }

            await WriteTextAsync(stream, text);
        }

        await stream.DisposeAsync();
    }

    private async Task WriteTextAsync(Stream stream, StringBuilder text)
    {
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
            await stream.FlushAsync();
        }
        catch (IOException)
        {
            // A full disk or a closed pipe: there is no other place to say so, and serving clients goes on. The next warning counts it.
            Interlocked.Increment(ref _dropped);
        }

        text.Clear();
    }

    private async Task<Stream> ReopenAsync(Stream old, StringBuilder text)
    {
        try
        {
            var stream = _open();
            await old.DisposeAsync();
            return stream;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFormat.Append(text, new LogLine(_time.GetLocalNow(), LogLevel.Error, "unable to reopen the log file, the old one stays in use", e));
            return old;
        }
    }

    private void AppendDropped(StringBuilder text)
    {
        var dropped = Interlocked.Exchange(ref _dropped, 0);
        if (dropped > 0)
        {
            var message = string.Create(CultureInfo.InvariantCulture, $"{dropped} log lines or writes were lost: the log was slower than what there was to say");
            LogFormat.Append(text, new LogLine(_time.GetLocalNow(), LogLevel.Warning, message, null));
        }
    }
}
