using System.Collections.Concurrent;
using System.Threading.Channels;
using GripProxy.Plugins.Engine.Frames;

namespace GripProxy.Plugins.Engine;

/// <summary>
/// The talk with one process: frames out in order without anybody waiting, frames in as they come, and one account of how it ended.
/// Owned by a cell or a compilation. Thread-safe.
/// </summary>
internal sealed class WorkerConnection : IAsyncDisposable
{
    private readonly Channel<ReadOnlyMemory<byte>> _outgoing = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new() { SingleReader = true });
    // Sent before what waits there, in their order.
    private readonly ConcurrentQueue<ReadOnlyMemory<byte>> _first = new();
    private readonly Lock _gate = new();
    private readonly WorkerProcess _process;
    private readonly Action<byte[]> _received;
    private readonly TimeProvider _time;
    private long _lastHeard;
    private WorkerEndedException? _cause;

    /// <summary>Starts a program and listens to it.</summary>
    /// <param name="process">The process, whose owner this becomes.</param>
    /// <param name="frameLimit">Bytes of the largest frame that is taken.</param>
    /// <param name="received">Takes each frame on the loop that reads. What it throws ends the process: it was no frame of ours.</param>
    /// <param name="time">The clock.</param>
    public WorkerConnection(WorkerProcess process, int frameLimit, Action<byte[]> received, TimeProvider time)
    {
        _process = process;
        _received = received;
        _time = time;
        _lastHeard = time.GetTimestamp();
        _ = WriteAsync();
        Ended = ReadAsync(new FrameReader(process.Output, frameLimit));
    }

    /// <summary>Completes with how it ended; never fails.</summary>
    public Task<WorkerEndedException> Ended { get; }

    /// <summary>The process's number.</summary>
    public int Id => _process.Id;

    /// <summary>Time since the last frame came.</summary>
    public TimeSpan Silence => _time.GetElapsedTime(Volatile.Read(ref _lastHeard));

    /// <summary>It owes an answer from now on: that it said nothing before is no fault.</summary>
    public void BeginToListen() => Volatile.Write(ref _lastHeard, _time.GetTimestamp());

    /// <summary>Puts a frame in the queue to the process.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="first">True: before those that are not sent so and still wait.</param>
    public void Send(ReadOnlyMemory<byte> frame, bool first = false)
    {
        if (first)
            _first.Enqueue(frame);
        // An empty one wakes the writer, no more.
        _outgoing.Writer.TryWrite(first ? default : frame);
    }

    /// <summary>What it takes, or null if it has ended.</summary>
    public ProcessUse? Measure() => _process.Measure();

    /// <summary>Ends the process. The first reason given counts.</summary>
    public void End(WorkerEnd end, string message)
    {
        lock (_gate)
            _cause ??= new WorkerEndedException(end, message);
        _outgoing.Writer.TryComplete();
        _process.Kill();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        End(WorkerEnd.Stopped, "stopped");
        await Ended;
        await _process.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var frame in _outgoing.Reader.ReadAllAsync())
            {
                while (_first.TryDequeue(out var urgent))
                    await _process.Input.WriteAsync(urgent, _process.Gone);
                if (!frame.IsEmpty)
                    await _process.Input.WriteAsync(frame, _process.Gone);
                await _process.Input.FlushAsync(_process.Gone);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // It reads no more, so it is ending; the loop that reads learns why.
        }
    }

    private async Task<WorkerEndedException> ReadAsync(FrameReader reader)
    {
        try
        {
            while (await reader.ReadAsync(_process.Gone) is { } frame)
            {
                Volatile.Write(ref _lastHeard, _time.GetTimestamp());
                _received(frame);
            }
        }
        catch (OperationCanceledException) when (_process.Gone.IsCancellationRequested)
        {
            // It has ended and somebody else holds its output.
        }
        catch (Exception e) when (e is not IOException)
        {
            // A process that plugins share may send anything; nothing it sends is worth more than its end.
            End(WorkerEnd.BadFrame, $"it sent what is no frame: {e.Message}");
        }
        catch (IOException)
        {
            // The pipe broke with the process.
        }

        _outgoing.Writer.TryComplete();
        // A process that has closed its output is of no use any more.
        _process.Kill();
        await _process.Finished;
        lock (_gate)
            return _cause ??= Explain();
    }

    private WorkerEndedException Explain()
    {
        var errors = _process.ErrorText;
        if (errors.Contains("out of memory", StringComparison.Ordinal))
            return new WorkerEndedException(WorkerEnd.HeapFull, "the JavaScript heap is full");
        var lastLine = errors.Split('\n')[^1];
        return new WorkerEndedException(WorkerEnd.Exited, $"{(_process.IsWrapped ? "its launcher" : "it")} left with code {_process.ExitCode}{(lastLine.Length > 0 ? ": " + lastLine : "")}");
    }
}
