using System.IO.Pipelines;
using GripProxy.Channels.Delivery;

namespace GripProxy.Holds.Tests.Streams;

/// <summary>Writes to <paramref name="inner"/>, and remembers how deep it was asked for.</summary>
internal sealed class PrefetchedWriter(PipeWriter inner) : PipeWriter, IPrefetched
{
    public List<int> Depths { get; } = [];

    public void Prefetch(int depth) => Depths.Add(depth);

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);
}
