using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GripProxy.Control.Tests.Testing;

/// <summary>The body of an answer whose client reads nothing: a flush waits until it is cancelled.</summary>
internal sealed class StuckBody : PipeWriter, IHttpResponseBodyFeature
{
    private readonly TaskCompletionSource<FlushResult> _flush = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _memory = [];
    private int _cuts;

    /// <summary>How often somebody cancelled.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    public Stream Stream => throw new NotSupportedException();

    public PipeWriter Writer => this;

    /// <summary>A request that is answered here.</summary>
    public HttpContext NewContext()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(this);
        return context;
    }

    public override void Advance(int bytes)
    {
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_memory.Length < sizeHint || _memory.Length == 0)
            _memory = new byte[Math.Max(sizeHint, 4096)];
        return _memory;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(_flush.Task);

    public override void CancelPendingFlush()
    {
        Interlocked.Increment(ref _cuts);
        _flush.TrySetResult(new FlushResult(isCanceled: true, isCompleted: false));
    }

    public override void Complete(Exception? exception = null)
    {
    }

    public void DisableBuffering()
    {
    }

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task CompleteAsync() => Task.CompletedTask;
}
