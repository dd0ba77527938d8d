using System.Collections.Concurrent;
using System.Net;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Protocol.Items;

namespace GripProxy.Control.Tests.Testing;

/// <summary>Held connections as a test wants them, on a real table. Thread-safe.</summary>
internal sealed class HeldClients(SubscriptionTable table) : IConnectionDirectory
{
    private readonly ConcurrentDictionary<string, Client> _clients = new(StringComparer.Ordinal);

    public int Count => _clients.Count;

    public IEnumerable<IHeldConnection> All => _clients.Values;

    /// <summary>What was done to connections, in order.</summary>
    public ConcurrentQueue<string> Done { get; } = new();

    public bool IsAlive(string id) => _clients.ContainsKey(id);

    public bool Refresh(string id) => _clients.TryGetValue(id, out var client) && client.Refresh();

    public IHeldConnection? Find(string id) => _clients.GetValueOrDefault(id);

    /// <summary>Holds one more, on the channels.</summary>
    public void Add(string id, HeldTransport transport, string[] channels, (string Name, string Value)? meta = null, string? route = null)
    {
        var client = new Client(this, id, transport, channels, route, meta is { } pair ? new() { [pair.Name] = pair.Value } : []);
        _clients[id] = client;
        var mode = transport switch
        {
            HeldTransport.Response => SubscriptionMode.Response,
            HeldTransport.Stream => SubscriptionMode.Stream,
            _ => SubscriptionMode.WebSocket,
        };
        foreach (var channel in channels)
            table.Join(client, channel, mode, prevId: null);
    }

    private sealed class Client(
        HeldClients all, string id, HeldTransport transport, string[] channels, string? route, Dictionary<string, string> meta) : IHeldConnection, IOutbound
    {
        public string Id => id;

        public string ConnectionId => id;

        public HeldTransport Transport => transport;

        public string? Route => route;

        public string? RouteId => route;

        public RouteTraffic? Traffic => null;

        public IPAddress? Peer => IPAddress.Loopback;

        public IReadOnlyList<string> ChannelNames => channels;

        public IReadOnlyDictionary<string, string> Meta => meta;

        public TimeSpan Age => TimeSpan.FromSeconds(1.5);

        public long QueuedBytes => 1;

        public long Delivered => 2;

        public long Dropped => 3;

        public void Close(int code, string reason) => all.Done.Enqueue($"close {id} {code} {reason}");

        public bool Refresh()
        {
            all.Done.Enqueue($"refresh {id}");
            return transport is HeldTransport.WebSocketOverHttp or HeldTransport.SockJs;
        }

        public DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains) => DeliveryOutcome.Queued;

        public void Update(Subscription subscription, UpdateCause cause, DrainBatch drains)
        {
        }

        public void Drain()
        {
        }
    }
}
