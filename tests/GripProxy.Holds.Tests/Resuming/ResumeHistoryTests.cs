using System.Text.Json.Nodes;
using GripProxy.Channels.Delivery;
using GripProxy.Holds.Tests.WebSockets;
using GripProxy.Protocol;
using GripProxy.Protocol.Instructs;
using GripProxy.Protocol.WebSockets;
using static GripProxy.Holds.Tests.Resuming.LoggedHolds;

namespace GripProxy.Holds.Tests.Resuming;

/// <summary>
/// Clients of every kind are cut at random and come back, while publishes go on: each gets every item once and in order (LOG-02). The seed decides
/// everything but how the threads meet.
/// </summary>
public sealed class ResumeHistoryTests
{
    private const int Items = 400;
    private static readonly string[] Channels = ["log1", "log2"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task History_ClientsComeAndGo_EachGetsEveryItemOnceInOrder(int seed)
    {
        var random = new Random(seed);
        using var holds = new LoggedHolds(
            logItems: 10_000,
            random.Next(2) == 0 ? OverflowPolicy.DropNewest : OverflowPolicy.DropOldest,
            queueBytes: random.Next(2) == 0 ? 200 : 100_000);
        foreach (var channel in Channels)
            holds.Publish("0", channel);
        var begin = (await holds.NewestAsync(Channels[0]), await holds.NewestAsync(Channels[1]));
        var publisher = Task.Run(() => PublishAsync(holds, new Random(seed + 1000)));
        var clients = new List<Task>();
        for (var i = 0; i < 3; i++)
        {
            var client = new Random(random.Next());
            clients.Add(Task.Run(() => ReadEventsAsync(holds, client, Channels, $"{KeyedId(begin.Item1, begin.Item2)}")));
            clients.Add(Task.Run(() => ReadEventsAsync(holds, client, [Channels[0]], begin.Item1.ToString())));
            clients.Add(Task.Run(() => PollAsync(holds)));
            clients.Add(Task.Run(() => ReadMessagesAsync(holds, client, begin.Item1)));
        }

        await Task.WhenAll([publisher, .. clients]).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static async Task PublishAsync(LoggedHolds holds, Random random)
    {
        for (var i = 1; i <= Items; i++)
        {
            foreach (var channel in Channels)
                holds.Publish($"{i}", channel, $"{i - 1}");
            if (random.Next(4) == 0)
                await Task.Yield();
        }
    }

    /// <summary>Server-sent events, by the ids that the client has seen.</summary>
    private static async Task ReadEventsAsync(LoggedHolds holds, Random random, string[] channels, string? lastEventId)
    {
        var received = channels.ToDictionary(channel => channel, _ => 0, StringComparer.Ordinal);
        while (received.Values.Any(count => count < Items))
        {
            var request = Events(lastEventId, [.. channels.Select(channel => Channel(channel))]);
            var stream = holds.Hold(request, pauseAt: random.Next(2) == 0 ? 100 : 100_000);
            for (var left = random.Next(1, 150); left > 0 && received.Values.Any(count => count < Items); left--)
            {
                var lines = (await stream.NextAsync())?.Split('\n');
                Assert.True(lines is not null, $"ended after {string.Join(", ", received)}: {(stream.Held.IsCompleted ? await stream.Held : null)}");
                if (lines[0] == "event: channel-open")
                {
                    Assert.Contains("{\"resumed\":true}", lines[2], StringComparison.Ordinal);
                    continue;
                }

                var before = lastEventId!;
                lastEventId = lines[0]["id: ".Length..];
                var channel = channels[ChangedPart(before, lastEventId)];
                Assert.Equal($"data: {++received[channel]}", lines[1]);
            }

            await stream.Gone.CancelAsync();
        }
    }

    /// <summary>Long-polls, by prev-id.</summary>
    private static async Task PollAsync(LoggedHolds holds)
    {
        var last = 0;
        while (last < Items)
        {
            var request = HoldsFixture.Request(HoldMode.Response, Channel(Channels[0], prevId: $"{last}"));
            var result = await holds.Fixture.Keeper.HoldResponseAsync(request with { ConnectionId = Guid.NewGuid().ToString() }, CancellationToken.None);
            Assert.Null(result.Retry);
            Assert.Equal($"{++last}", System.Text.Encoding.UTF8.GetString(result.Answer!.Body.Span));
        }
    }

    /// <summary>A WebSocket with envelopes, by the positions in them.</summary>
    private static async Task ReadMessagesAsync(LoggedHolds holds, Random random, Position begin)
    {
        var (last, position) = (0, begin.ToString());
        while (last < Items)
        {
            using var gone = new CancellationTokenSource();
            var (client, origin) = (new TestClient(), new TestOrigin());
            var request = WebSocketFixture.Request() with { ConnectionId = Guid.NewGuid().ToString() };
            _ = holds.Fixture.Keeper.HoldWebSocketAsync(request, client, origin, new GripExtension("m:"), gone.Token);
            origin.Control($$"""{"type":"subscribe","channel":"log1","position":"{{position}}","envelope":true}""");
            Assert.True((bool)JsonNode.Parse((await client.NextAsync())["text ".Length..])!["resumed"]!);
            for (var left = random.Next(1, 150); left > 0 && last < Items; left--)
            {
                var message = JsonNode.Parse((await client.NextAsync())["text ".Length..])!;
                Assert.Equal($"{++last}", (string?)message["content"]);
                position = (string)message["position"]!;
            }

            await gone.CancelAsync();
        }
    }

    private static string KeyedId(Position one, Position two) =>
        $"{Holds.Resuming.EventIds.KeyOf(Channels[0])}:{one},{Holds.Resuming.EventIds.KeyOf(Channels[1])}:{two}";

    private static int ChangedPart(string before, string after)
    {
        var (old, now) = (before.Split(','), after.Split(','));
        var changed = Enumerable.Range(0, now.Length).Where(i => old[i] != now[i]).ToArray();
        return Assert.Single(changed);
    }
}
