using System.Threading.Channels;
using GripProxy.Plugins.Queue;

namespace GripProxy.Plugins.Events.Followed;

/// <summary>Somebody who is told of the events of a tenant as they are accepted. What is too much for it is left out and counted: nobody waits for it. Owned by the reader, who disposes of it.</summary>
internal sealed class EventTap : IDisposable
{
    private const long MostBytes = 16 * 1024 * 1024;

    private readonly Channel<ReadOnlyMemory<byte>> _events = Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Action<EventTap> _forget;
    private readonly double _share;
    private long _bytes;
    private long _leftOut;

    /// <summary>Is told of nothing yet.</summary>
    /// <param name="tenant">Number of the tenant.</param>
    /// <param name="share">The share of its users whose events are told of.</param>
    /// <param name="forget">Called when nothing is wanted any more.</param>
    public EventTap(int tenant, double share, Action<EventTap> forget)
    {
        Tenant = tenant;
        _share = share;
        _forget = forget;
    }

    /// <summary>Number of the tenant.</summary>
    public int Tenant { get; }

    /// <summary>The events as they entered the chain.</summary>
    public ChannelReader<ReadOnlyMemory<byte>> Events => _events.Reader;

    /// <summary>How many were too much.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    /// <summary>Takes an event, if it is one of a user that is told of: all of a user's are or none.</summary>
    public void Take(QueuedEvent one)
    {
        if (Place(one.Key) >= _share)
            return;
        if (Interlocked.Add(ref _bytes, one.Body.Length) <= MostBytes && _events.Writer.TryWrite(one.Body))
            return;
        Interlocked.Add(ref _bytes, -one.Body.Length);
        Interlocked.Increment(ref _leftOut);
    }

    /// <summary>An event was passed on.</summary>
    public void Done(ReadOnlyMemory<byte> one) => Interlocked.Add(ref _bytes, -one.Length);

    /// <inheritdoc/>
    public void Dispose()
    {
        _events.Writer.TryComplete();
        _forget(this);
    }

    // Where a user is from 0 to less than 1, the same on each node.
    private static double Place(string user) => NamedUuid.Of("sample", user).ToByteArray() is var bytes ? (bytes[0] | (bytes[1] << 8)) / 65_536.0 : 0;
}
