using System.Text.Json.Nodes;
using GripProxy.Channels.Connections;
using GripProxy.Channels.Delivery;
using GripProxy.Channels.Outcomes;
using GripProxy.Channels.Subscriptions;
using GripProxy.Channels.Traffic;
using GripProxy.Control.Tests.Testing;
using GripProxy.Protocol.Items;
using GripProxy.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace GripProxy.Control.Tests.Inspect.Channels;

/// <summary>Who comes and goes (CTL-11).</summary>
public sealed class PresenceTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private ControlPort _server = null!; // by InitializeAsync

    private SubscriptionTable Table => _server.Services.GetRequiredService<SubscriptionTable>();

    public async Task InitializeAsync() =>
        _server = await ControlPort.StartAsync("[handler]\nupdate_on_first_subscription=false\n", services => services.AddSingleton<TimeProvider>(_time));

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Watch_BeginsWithWhatIsInUse()
    {
        Join("a", SubscriptionMode.Stream);
        Join("a", SubscriptionMode.Response);
        await using var client = await WatchAsync();
        Assert.Equal(
            ["""subscribed {"channel":"a","mode":"response","subscribers":1}""", """subscribed {"channel":"a","mode":"stream","subscribers":1}"""],
            new[] { await NextAsync(client), await NextAsync(client) }.Order(StringComparer.Ordinal));
        Assert.Equal("ready {}", await NextAsync(client));
    }

    [Fact]
    public async Task Watch_FirstAndLast_AreToldAtOnceAndCountsEverySecond()
    {
        await using var client = await WatchAsync();
        Assert.Equal("ready {}", await NextAsync(client));
        var places = new[] { Join("a", SubscriptionMode.WebSocket), Join("a", SubscriptionMode.WebSocket), Join("a", SubscriptionMode.WebSocket) };
        Assert.Equal("""subscribed {"channel":"a","mode":"ws","subscribers":1}""", await NextAsync(client));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("""count {"channel":"a","mode":"ws","subscribers":3}""", await NextAsync(client));
        foreach (var place in places)
            Table.Leave(place);
        Assert.Equal("""unsubscribed {"channel":"a","mode":"ws","subscribers":0}""", await NextAsync(client));
    }

    [Fact]
    public async Task Watch_CountThatIsTheSameAgain_IsNotTold()
    {
        Join("a", SubscriptionMode.Stream);
        await using var client = await WatchAsync();
        await NextAsync(client);
        await NextAsync(client);
        Table.Leave(Join("a", SubscriptionMode.Stream));
        _time.Advance(TimeSpan.FromSeconds(1));
        Join("b", SubscriptionMode.Stream);
        Assert.StartsWith("subscribed {\"channel\":\"b\"", await NextAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_LongPolls_AreUnsubscribedOnlyAfterTheLinger()
    {
        await using var client = await WatchAsync();
        await NextAsync(client);
        Table.Leave(Join("a", SubscriptionMode.Response));
        Assert.Equal("""subscribed {"channel":"a","mode":"response","subscribers":1}""", await NextAsync(client));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("""count {"channel":"a","mode":"response","subscribers":0}""", await NextAsync(client));
        Table.Leave(Join("a", SubscriptionMode.Response));
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("""unsubscribed {"channel":"a","mode":"response","subscribers":0}""", await NextUnlessCommentAsync(client));
    }

    [Fact]
    public async Task Watch_Prefix_LeavesOutOthers()
    {
        Join("other", SubscriptionMode.Stream);
        await using var client = await WatchAsync("?prefix=a");
        Assert.Equal("ready {}", await NextAsync(client));
        Join("other2", SubscriptionMode.Stream);
        Join("a", SubscriptionMode.Stream);
        Assert.StartsWith("subscribed {\"channel\":\"a\"", await NextAsync(client), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_ManyChannels_IsNotBehindBecauseOfThem()
    {
        const int Many = 20_000;
        for (var i = 0; i < Many; i++)
            Join($"a-channel-with-quite-a-long-name-{i}", SubscriptionMode.Stream);
        await using var client = await WatchAsync();
        for (var i = 0; i < Many; i++)
            Assert.StartsWith("subscribed", await NextAsync(client), StringComparison.Ordinal);
        Assert.Equal("ready {}", await NextAsync(client));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Watch_Churn_EndsWithTheTruthOfTheTable(int seed)
    {
        await using var early = await WatchAsync();
        await ChurnAsync(seed, rounds: 2000);
        await using var late = await WatchAsync();
        await ChurnAsync(seed + 100, rounds: 2000);
        _time.Advance(TimeSpan.FromSeconds(1));
        Join("end", SubscriptionMode.Stream);

        var truth = Table.Channels().SelectMany(Counts).Where(pair => pair.Value > 0).ToDictionary();
        Assert.NotEmpty(truth);
        Assert.Equal(truth.OrderBy(pair => pair.Key, StringComparer.Ordinal), await ReadModelAsync(early));
        Assert.Equal(truth.OrderBy(pair => pair.Key, StringComparer.Ordinal), await ReadModelAsync(late));
    }

    private static IEnumerable<KeyValuePair<string, int>> Counts(ChannelUse use) =>
    [
        new($"{use.Name} response", use.Response),
        new($"{use.Name} stream", use.Stream),
        new($"{use.Name} ws", use.WebSocket),
    ];

    /// <summary>What a client believes after all events up to the subscription to "end"; who has gone or lingers alone counts nothing.</summary>
    private static async Task<IEnumerable<KeyValuePair<string, int>>> ReadModelAsync(EventClient client)
    {
        var model = new SortedDictionary<string, int>(StringComparer.Ordinal);
        while (!model.ContainsKey("end stream"))
        {
            var text = await NextUnlessCommentAsync(client);
            var type = text.Split(' ')[0];
            var data = JsonNode.Parse(text[(type.Length + 1)..])!;
            if (type == "ready")
                continue;
            var key = $"{data["channel"]} {data["mode"]}";
            Assert.Equal(type == "subscribed", !model.ContainsKey(key));
            if (type == "unsubscribed")
                model.Remove(key);
            else
                model[key] = data["subscribers"]!.GetValue<int>();
        }

        return model.Where(pair => pair.Value > 0);
    }

    private static async Task<string> NextUnlessCommentAsync(EventClient client)
    {
        string text;
        do
            text = await NextAsync(client);
        while (text.Length == 0);
        return text;
    }

    private static async Task<string> NextAsync(EventClient client)
    {
        var text = await client.NextAsync() ?? throw new InvalidOperationException("the stream ended");
        return text == ":" ? "" : text.Replace("event: ", "", StringComparison.Ordinal).Replace("|data: ", " ", StringComparison.Ordinal);
    }

    /// <summary>Several threads let holds come and go, with time passing in between.</summary>
    private async Task ChurnAsync(int seed, int rounds) => await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
    {
        var random = new Random(seed + (thread * 1000));
        var places = new List<Subscription>();
        for (var round = 0; round < rounds; round++)
        {
            if (places.Count == 0 || random.Next(20) < 11)
                places.Add(Join($"c{random.Next(30)}", (SubscriptionMode)random.Next(3)));
            else
                Take(places, random);
            if (thread == 0 && round % 100 == 0)
                _time.Advance(TimeSpan.FromMilliseconds(random.Next(400)));
        }

        // Most leave, so that channels come to their end too.
        while (places.Count > 10)
            Take(places, random);
    })));

    private void Take(List<Subscription> places, Random random)
    {
        var index = random.Next(places.Count);
        Table.Leave(places[index]);
        places.RemoveAt(index);
    }

    private Subscription Join(string channel, SubscriptionMode mode) => Table.Join(new Nobody(), channel, mode, prevId: null);

    private Task<EventClient> WatchAsync(string query = "") => _server.WatchAsync("/v1/presence" + query);

    private sealed class Nobody : IOutbound
    {
        public string ConnectionId => "";

        public string? RouteId => null;

        public HeldTransport Transport => HeldTransport.Stream;

        public RouteTraffic? Traffic => null;

        public DeliveryOutcome Offer(Subscription subscription, Item item, DrainBatch drains) => DeliveryOutcome.Queued;

        public void Update(Subscription subscription, UpdateCause cause, DrainBatch drains)
        {
        }

        public void Drain()
        {
        }
    }
}
