using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Events;
using GripProxy.Control.Http;

namespace GripProxy.Control.Inspect.Channels;

/// <summary>
/// One client that watches who comes and goes (CTL-11): what it was told last of each channel, so that counts can be told once a second at most.
/// Guarded by its own lock, inside that of a shard; owned by its event stream.
/// </summary>
internal sealed class PresenceWatch : IChannelObserver, IDisposable
{
    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SubscriptionTable _table;
    private readonly Func<string, bool> _isWanted;
    private readonly EventReader _reader;
    private readonly ITimer _timer;
    private readonly Dictionary<(string Channel, SubscriptionMode Mode), Presence> _known = [];
    private readonly HashSet<(string Channel, SubscriptionMode Mode)> _changed = [];
    private bool _isReady;

    /// <summary>Watches once begun, until disposed.</summary>
    /// <param name="table">Who listens to what.</param>
    /// <param name="isWanted">Whether a channel is to be told of.</param>
    /// <param name="reader">Gets the events.</param>
    /// <param name="time">The clock of the counts.</param>
    public PresenceWatch(SubscriptionTable table, Func<string, bool> isWanted, EventReader reader, TimeProvider time)
    {
        _table = table;
        _isWanted = isWanted;
        _reader = reader;
        _timer = time.CreateTimer(_ => TellCounts(), state: null, CountInterval, CountInterval);
    }

    /// <summary>Tells what is in use, that this was all, and from then on what happens.</summary>
    public void Begin()
    {
        _table.Observe(this);
        lock (_gate)
        {
            var first = _known.Select(pair => (pair.Key, pair.Value.Now)).ToArray();
            _reader.SendFirst(first.Select(known => Format("subscribed", known.Key, known.Now)).Append(EventReader.Format("ready", "{}"u8)));
            _isReady = true;
        }
    }

    /// <inheritdoc/>
    public void Opened(string channel)
    {
    }

    /// <inheritdoc/>
    public void Changed(string channel, SubscriptionMode mode, int subscribers, bool lingers)
    {
        if (!_isWanted(channel))
            return;
        var key = (channel, mode);
        lock (_gate)
        {
            if (!_known.TryGetValue(key, out var presence))
                Come(key, subscribers, lingers);
            else if (subscribers == 0 && !lingers)
                Go(key);
            else
                Count(key, presence, subscribers);
        }
    }

    /// <inheritdoc/>
    public void Closed(string channel)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _table.Unobserve(this);
        _timer.Dispose();
    }

    private void Come((string Channel, SubscriptionMode Mode) key, int subscribers, bool lingers)
    {
        if (subscribers == 0 && !lingers)
            return;
        var presence = new Presence { Now = subscribers, Told = subscribers };
        _known.Add(key, presence);
        if (_isReady)
            Tell("subscribed", key, subscribers);
    }

    private void Go((string Channel, SubscriptionMode Mode) key)
    {
        _known.Remove(key);
        _changed.Remove(key);
        if (_isReady)
            Tell("unsubscribed", key, subscribers: 0);
    }

    private void Count((string Channel, SubscriptionMode Mode) key, Presence presence, int subscribers)
    {
        presence.Now = subscribers;
        if (_isReady)
            _changed.Add(key);
        else
            presence.Told = subscribers;
    }

    private void TellCounts()
    {
        lock (_gate)
        {
            foreach (var key in _changed)
            {
                var presence = _known[key];
                if (presence.Now == presence.Told)
                    continue;
                presence.Told = presence.Now;
                Tell("count", key, presence.Now);
            }

            _changed.Clear();
        }
    }

    private void Tell(string type, (string Channel, SubscriptionMode Mode) key, int subscribers) =>
        _reader.Send(type, Json(key, subscribers).Span);

    private static byte[] Format(string type, (string Channel, SubscriptionMode Mode) key, int subscribers) =>
        EventReader.Format(type, Json(key, subscribers).Span);

    private static ReadOnlyMemory<byte> Json((string Channel, SubscriptionMode Mode) key, int subscribers) => JsonAnswer.Bytes(json =>
    {
        json.WriteString("channel", key.Channel);
        json.WriteString("mode", key.Mode.Word());
        json.WriteNumber("subscribers", subscribers);
    });

    private sealed class Presence
    {
        public int Now { get; set; }

        public int Told { get; set; }
    }
}
