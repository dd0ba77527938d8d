using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Control.Events;
using GripProxy.Control.Http;
using GripProxy.Control.Inspect.Cluster;

namespace GripProxy.Control.Inspect.Channels;

/// <summary>
/// One client that watches who comes and goes (CTL-11): what it was told last of each channel, so that counts can be told once a second at most.
/// Counts are sums over the nodes; this one's come from the table, those of others from <see cref="PresenceFollower"/>. Guarded by its own lock, inside that
/// of a shard; owned by its event stream.
/// </summary>
internal sealed class PresenceWatch : IChannelObserver, IDisposable
{
    private const string Here = "";
    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly SubscriptionTable _table;
    private readonly Func<string, bool> _isWanted;
    private readonly EventReader _reader;
    private readonly ITimer _timer;
    private readonly Dictionary<(string Channel, SubscriptionMode Mode), Presence> _known = [];
    private readonly HashSet<(string Channel, SubscriptionMode Mode)> _changed = [];
    private PresenceFollower? _follower;
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
    /// <param name="missing">The nodes whose counts are not known yet.</param>
    /// <param name="follower">Tells of other nodes; ends with this.</param>
    public void Begin(IReadOnlyList<string> missing, PresenceFollower follower)
    {
        _follower = follower;
        _table.Observe(this);
        lock (_gate)
        {
            var first = _known.Select(pair => (pair.Key, pair.Value.Now)).ToArray();
            var ready = JsonAnswer.Bytes(new NodeAnswers([], missing).WriteMissing);
            _reader.SendFirst(first.Select(known => Format("subscribed", known.Key, known.Now)).Append(EventReader.Format("ready", ready.Span)));
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
        if (_isWanted(channel))
            Change(Here, (channel, mode), subscribers, subscribers > 0 || lingers);
    }

    /// <summary>The count of a node is another one.</summary>
    /// <param name="node">The run of the node.</param>
    /// <param name="key">Of what.</param>
    /// <param name="subscribers">How many there are.</param>
    /// <param name="isUsed">False: nobody is there, and nothing lingers.</param>
    public void Change(string node, (string Channel, SubscriptionMode Mode) key, int subscribers, bool isUsed)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(key, out var presence))
                Come(node, key, subscribers, isUsed);
            else if (!presence.Change(node, subscribers, isUsed))
                Go(key);
            else
                Count(key, presence);
        }
    }

    /// <summary>A node is gone, and whoever it held.</summary>
    public void Forget(string node)
    {
        lock (_gate)
        {
            foreach (var key in _known.Keys.ToArray())
                Change(node, key, subscribers: 0, isUsed: false);
        }
    }

    /// <inheritdoc/>
    public void Closed(string channel)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _follower?.Dispose();
        _table.Unobserve(this);
        _timer.Dispose();
    }

    private void Come(string node, (string Channel, SubscriptionMode Mode) key, int subscribers, bool isUsed)
    {
        if (!isUsed)
            return;
        var presence = new Presence { Told = subscribers };
        presence.Change(node, subscribers, isUsed);
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

    private void Count((string Channel, SubscriptionMode Mode) key, Presence presence)
    {
        if (_isReady)
            _changed.Add(key);
        else
            presence.Told = presence.Now;
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
        // Nearly always one or two.
        private readonly Dictionary<string, int> _nodes = new(1, StringComparer.Ordinal);

        public int Now { get; private set; }

        public int Told { get; set; }

        /// <summary>False: no node has anybody any more.</summary>
        public bool Change(string node, int subscribers, bool isUsed)
        {
            Now += subscribers - _nodes.GetValueOrDefault(node);
            if (isUsed)
                _nodes[node] = subscribers;
            else
                _nodes.Remove(node);
            return _nodes.Count > 0;
        }
    }
}
