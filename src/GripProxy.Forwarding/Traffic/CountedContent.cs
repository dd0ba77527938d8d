using GripProxy.Channels.Traffic;
using GripProxy.Forwarding.Http;

namespace GripProxy.Forwarding.Traffic;

/// <summary>An origin's answer whose bytes are counted as they are read (STA-08). Owned by whoever reads it.</summary>
internal sealed class CountedContent : BodyContent
{
    private readonly HttpContent _inner;
    private readonly RouteTraffic _route;
    private readonly TrafficCount _count;

    /// <summary>Takes the place of <paramref name="inner"/>, with its headers.</summary>
    public CountedContent(HttpContent inner, RouteTraffic route, TrafficCount count)
    {
        _inner = inner;
        _route = route;
        _count = count;
        foreach (var (name, values) in inner.Headers.NonValidated)
            Headers.TryAddWithoutValidation(name, values);
    }

    /// <inheritdoc/>
    protected override async Task<Stream> CreateContentReadStreamAsync() => new Counter(await _inner.ReadAsStreamAsync(), _route, _count);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Counter(Stream inner, RouteTraffic route, TrafficCount count) : BodyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            route.Add(count, read);
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
