using GripProxy.Channels.Subscriptions;

namespace GripProxy.Control.Stats;

/// <summary>
/// Makes the messages about subscriptions (STA-06): of the first and the last of a channel and kind at once, of other changes once a second, and of
/// all again before their time to live ends. Guarded by the locks of its groups, which are taken inside those of the table's shards.
/// </summary>
internal sealed class SubscriptionNews(StatsFeed feed, StatsMessages messages) : IChannelObserver
{
    /// <summary>How many groups there are: enough that one is small.</summary>
    public const int GroupCount = 256;

    private readonly Group[] _groups = [.. Enumerable.Range(0, GroupCount).Select(static _ => new Group())];
    private int _learner;

    /// <summary>
    /// Hears of all channels from now on. What is in use already is not sent now, which could be too much for who reads, but when its turn comes.
    /// </summary>
    public void Learn(SubscriptionTable table)
    {
        Volatile.Write(ref _learner, Environment.CurrentManagedThreadId);
        table.Observe(this);
        Volatile.Write(ref _learner, 0);
    }

    /// <inheritdoc/>
    public void Opened(string channel)
    {
        // The first change says it.
    }

    /// <inheritdoc/>
    public void Closed(string channel)
    {
        // The last change has said it.
    }

    /// <inheritdoc/>
    public void Changed(string channel, SubscriptionMode mode, int subscribers, bool lingers)
    {
        var group = _groups[(StringComparer.Ordinal.GetHashCode(channel) & int.MaxValue) % GroupCount];
        lock (group.Gate)
        {
            // GRIP: a SignalR client is a WebSocket here (SIG-01).
            var kind = mode == SubscriptionMode.SignalR ? SubscriptionMode.WebSocket : mode;
            var entry = group.Entries.GetValueOrDefault((channel, kind));
            var total = subscribers + (entry?.CountBeside(mode) ?? 0);
            if (total == 0 && !lingers)
            {
                if (!group.Entries.Remove((channel, kind)))
                    return;
                entry?.Set(mode, 0); // It may still stand among the changed ones.
                if (feed.IsHeard(StatsKind.Sub))
                    feed.Send(messages.Unsubscribed(channel, kind));
                return;
            }

            entry ??= group.Add(channel, kind);
            // A client that comes back while the channel lingers counts as the first.
            var isFirst = entry.Subscribers == 0;
            entry.Set(mode, subscribers);
            if (total == 0)
                return;
            if (!isFirst)
                group.NoteChanged(entry);
            else if (Volatile.Read(ref _learner) != Environment.CurrentManagedThreadId)
                Send(entry);
        }
    }

    /// <summary>Sends the counts that have changed since they were sent.</summary>
    public void SendChanged()
    {
        foreach (var group in _groups)
        {
            lock (group.Gate)
            {
                foreach (var entry in group.Changed)
                {
                    entry.IsNoted = false;
                    if (entry.Subscribers > 0 && entry.Subscribers != entry.Sent)
                        Send(entry);
                }

                group.Changed.Clear();
            }
        }
    }

    /// <summary>Sends all of a group again. What only lingers is not sent.</summary>
    public void Refresh(int group)
    {
        lock (_groups[group].Gate)
        {
            foreach (var entry in _groups[group].Entries.Values)
            {
                if (entry.Subscribers > 0)
                    Send(entry);
            }
        }
    }

    private void Send(Entry entry)
    {
        entry.Sent = entry.Subscribers;
        if (feed.IsHeard(StatsKind.Sub))
            feed.Send(messages.Subscribed(entry.Channel, entry.Mode, entry.Subscribers));
    }

    /// <summary>What is in use, and what of it has changed.</summary>
    private sealed class Group
    {
        public Lock Gate { get; } = new();

        public Dictionary<(string Channel, SubscriptionMode Mode), Entry> Entries { get; } = [];

        public List<Entry> Changed { get; } = [];

        public Entry Add(string channel, SubscriptionMode mode)
        {
            var entry = new Entry(channel, mode);
            Entries.Add((channel, mode), entry);
            return entry;
        }

        public void NoteChanged(Entry entry)
        {
            if (entry.IsNoted)
                return;
            entry.IsNoted = true;
            Changed.Add(entry);
        }
    }

    /// <summary>The subscriptions of a channel and kind. Without subscribers it lingers.</summary>
    private sealed class Entry(string channel, SubscriptionMode mode)
    {
        private int _own;
        private int _signalR;

        public string Channel => channel;

        public SubscriptionMode Mode => mode;

        public int Subscribers => _own + _signalR;

        public int Sent { get; set; }

        public bool IsNoted { get; set; }

        /// <summary>Subscribers of the other kind that counts here.</summary>
        public int CountBeside(SubscriptionMode one) => one == SubscriptionMode.SignalR ? _own : _signalR;

        public void Set(SubscriptionMode one, int subscribers)
        {
            if (one == SubscriptionMode.SignalR)
                _signalR = subscribers;
            else
                _own = subscribers;
        }
    }
}
