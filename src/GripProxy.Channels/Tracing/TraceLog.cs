using GripProxy.Channels.Diagnostics;
using GripProxy.Channels.Publishing;
using GripProxy.Protocol;
using GripProxy.Protocol.Items;

namespace GripProxy.Channels.Tracing;

/// <summary>
/// Decides which items are followed, and keeps the traces of the last ones (CTL-09, CTL-10). While nothing is to be kept and nobody listens, an
/// item costs it one comparison. Thread-safe.
/// </summary>
public sealed class TraceLog
{
    // A longer name is nobody's to type, and the log stays bounded in bytes.
    private const int MaxNameLength = 4096;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<string> _patterns;
    private readonly TraceRecord?[] _ring;
    private ITraceListener[] _listeners = [];
    private int _next;

    /// <summary>Makes an empty log of <see cref="ChannelsOptions.TraceItems"/> places.</summary>
    public TraceLog(ChannelsOptions options, TimeProvider time)
    {
        _time = time;
        _patterns = options.TraceChannels;
        _ring = new TraceRecord?[options.TraceItems];
    }

    /// <summary>True if traces are kept, so that they can be found.</summary>
    public bool IsKeeping => _ring.Length > 0;

    /// <summary>The traces of an item, the newest first: one id may have been published several times.</summary>
    public IReadOnlyList<TraceRecord> Find(string channel, string id)
    {
        var found = new List<TraceRecord>();
        lock (_gate)
        {
            for (var i = 1; i <= _ring.Length; i++)
            {
                if (_ring[(_next - i + _ring.Length) % _ring.Length] is { } record && record.Id == id && record.Channel == channel)
                    found.Add(record);
            }
        }

        return found;
    }

    /// <summary>Lets a listener hear of items that come in from now on.</summary>
    public void Add(ITraceListener listener)
    {
        lock (_gate)
            Volatile.Write(ref _listeners, [.. _listeners, listener]);
    }

    /// <summary>Takes the listener out; of items that came in before it may still hear something.</summary>
    public void Remove(ITraceListener listener)
    {
        lock (_gate)
            Volatile.Write(ref _listeners, Array.FindAll(_listeners, one => !ReferenceEquals(one, listener)));
    }

    /// <summary>The item, followed if a receipt is to be filled, somebody wants its trace, or it belongs to a span.</summary>
    internal Item Follow(Item item, PublisherDoor door, ItemReceipt? receipt)
    {
        var listeners = Volatile.Read(ref _listeners);
        var publish = DeliverySpans.Publish;
        var isAsked = receipt is not null || publish != default;
        if (_ring.Length == 0 && listeners.Length == 0 && !isAsked)
            return item;
        var targets = new TraceTargets(
            Keeps(item) ? Keep(item) : null,
            listeners.Length == 0 ? listeners : Array.FindAll(listeners, listener => listener.Wants(item.Channel)));
        if (targets.IsEmpty && !isAsked)
            return item;
        var trail = new ItemTrail(item, receipt, targets, _time) { Publish = publish };
        trail.Received(door, SizeOf(item));
        return new FollowedItem(item, trail);
    }

    private static int SizeOf(Item item) =>
        (item.HttpResponse?.Body.Length ?? 0) + (item.HttpStream?.Content.Length ?? 0) + (item.WebSocketMessage?.Content.Length ?? 0);

    /// <summary>An item without an id could not be found again.</summary>
    private bool Keeps(Item item)
    {
        if (_ring.Length == 0 || item.Id is null || item.Id.Length + item.Channel.Length + (item.PrevId?.Length ?? 0) > MaxNameLength)
            return false;
        foreach (var pattern in _patterns)
        {
            if (ChannelPattern.Matches(pattern, item.Channel))
                return true;
        }

        return false;
    }

    private TraceRecord Keep(Item item)
    {
        var record = new TraceRecord(item.Channel, item.Id!); // Only items with an id are kept.
        lock (_gate)
        {
            _ring[_next] = record;
            _next = (_next + 1) % _ring.Length;
        }

        return record;
    }
}
