using System.Text;
using GripProxy.Channels;
using GripProxy.Protocol.Items;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

/// <summary>
/// A publisher that loses, repeats and reorders items, a client that stops reading, and an origin that knows better: the client of a reliable
/// channel gets every item once and in order.
/// </summary>
public sealed class ReliableHistoryTests : IDisposable
{
    private const int Items = 300;

    private readonly HoldsFixture _holds = new(new ChannelsOptions
    {
        UpdateOnFirstSubscription = false,
        IdCacheTtl = TimeSpan.FromSeconds(600),
        MessageWait = TimeSpan.FromMilliseconds(100),
    });

    private readonly TestClient _client = new();
    private readonly RecoveringOrigin _origin = new();
    private readonly List<Item> _late = [];

    public void Dispose() => _holds.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task History_OfAFaultyPublisher_IsWholeAndInOrder(int seed)
    {
        var random = new Random(seed);
        _ = _holds.Keeper.HoldWebSocketAsync(WebSocketFixture.Request(), _client, _origin, new GripExtension("m:"), CancellationToken.None);
        _origin.Subscribe();
        _origin.Text("m:0");
        Assert.Equal("text 0", await _client.NextAsync());

        await Task.WhenAll(PublishAsync(new Random(random.Next())), StopAndGoAsync(new Random(random.Next())));
        Publish(Next());
        _holds.Time.Advance(TimeSpan.FromMilliseconds(500));

        for (var id = 1; id <= Items + 1; id++)
            Assert.Equal($"text {id}", await _client.NextAsync());
        Assert.InRange(_origin.Questions, 1, Items);
    }

    private async Task PublishAsync(Random random)
    {
        for (var i = 0; i < Items; i++)
        {
            var item = Next();
            switch (random.Next(10))
            {
                case 0:
                    break; // Lost.
                case 1:
                    Publish(item);
                    Publish(item);
                    break;
                case 2 or 3:
                    _late.Add(item);
                    break;
                default:
                    Publish(item);
                    break;
            }

            if (_late.Count > 0 && random.Next(3) == 0)
            {
                var late = _late[random.Next(_late.Count)];
                _late.Remove(late);
                Publish(late);
            }

            if (random.Next(10) == 0)
                _holds.Time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Yield();
        }
    }

    private async Task StopAndGoAsync(Random random)
    {
        for (var i = 0; i < 50; i++)
        {
            _client.StopReading();
            for (var wait = random.Next(20); wait > 0; wait--)
                await Task.Yield();
            _client.ReadOn();
            for (var wait = random.Next(10); wait > 0; wait--)
                await Task.Yield();
        }
    }

    private Item Next()
    {
        var id = _origin.Append();
        return new Item
        {
            Channel = "c",
            Id = $"{id}",
            PrevId = $"{id - 1}",
            WebSocketMessage = new WebSocketMessageFormat { Content = Encoding.ASCII.GetBytes($"{id}") },
        };
    }

    private void Publish(Item item) => _holds.Pipeline.Publish([item]);
}
