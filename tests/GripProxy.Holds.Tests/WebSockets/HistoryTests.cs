using System.Globalization;
using GripProxy.Channels;
using GripProxy.Channels.Delivery;
using GripProxy.Protocol.WebSockets;

namespace GripProxy.Holds.Tests.WebSockets;

/// <summary>
/// Origins that talk in fragments and join and leave, publishers and clients that stop reading, all at once and at random: a client gets every
/// item and every message once, in order and whole, or it is closed with a reason.
/// </summary>
public sealed class HistoryTests
{
    private const int Clients = 6;
    private const int Items = 400;

    [Theory]
    [InlineData(1, 2_000)]
    [InlineData(2, 2_000)]
    [InlineData(3, 500)]
    [InlineData(4, 500)]
    [InlineData(5, 100_000)]
    [InlineData(6, 100_000)]
    [InlineData(7, 100_000)]
    [InlineData(8, 100_000)]
    public async Task History_OfManyAtOnce_LosesNothingInSilence(int seed, int queueBytes)
    {
        var rules = new ChannelsOptions { UpdateOnFirstSubscription = false, Rules = [new ChannelRule("*", OverflowPolicy.Close, queueBytes)] };
        var random = new Random(seed);
        var all = new List<WebSocketFixture>();
        using var holds = new HoldsFixture(rules);
        for (var i = 0; i < Clients; i++)
            all.Add(new WebSocketFixture(holds, new GripExtension("m:"), WebSocketFixture.Request() with { ConnectionId = $"{i}", ImplicitChannels = ["all"] }));

        var left = new int[Clients];
        await Task.WhenAll([
            .. all.Select((ws, i) => TalkAsync(ws.Origin, new Random(random.Next()), () => left[i]++)),
            .. all.Select(ws => StopAndGoAsync(ws.Client, new Random(random.Next()))),
            PublishAsync(all[0], "all", new Random(random.Next())),
            PublishAsync(all[0], "x", new Random(random.Next())),
        ]);
        all[0].Publish("all end", "all");

        for (var i = 0; i < Clients; i++)
            Check(await ReadToEndAsync(all[i].Client), left[i]);
    }

    private static async Task TalkAsync(TestOrigin origin, Random random, Action left)
    {
        await Task.Yield();
        for (var message = 1; message <= Items; message++)
        {
            var joined = random.Next(10);
            if (joined == 0)
                origin.Control("""{"type":"subscribe","channel":"x"}""");
            if (joined == 1)
            {
                left();
                origin.Control("""{"type":"unsubscribe","channel":"x"}""");
            }

            var isWhole = random.Next(2) == 0;
            origin.Text($"m:relay {(isWhole ? message : "")}", isLast: isWhole);
            if (isWhole)
                continue;
            if (random.Next(2) == 0)
                origin.Say(new WebSocketPart(WebSocketPartKind.Ping, default));
            await Task.Yield();
            origin.Text("", isFirst: false, isLast: false);
            origin.Text($"{message}", isFirst: false);
        }

        origin.Text("m:relay end");
    }

    private static async Task StopAndGoAsync(TestClient client, Random random)
    {
        for (var i = 0; i < 100; i++)
        {
            client.StopReading();
            for (var wait = random.Next(20); wait > 0; wait--)
                await Task.Yield();
            client.ReadOn();
            for (var wait = random.Next(20); wait > 0; wait--)
                await Task.Yield();
        }
    }

    private static async Task PublishAsync(WebSocketFixture ws, string channel, Random random)
    {
        for (var i = 1; i <= Items; i++)
        {
            ws.Publish($"{channel} {i.ToString(CultureInfo.InvariantCulture)}", channel);
            if (random.Next(4) == 0)
                await Task.Yield();
        }
    }

    private static async Task<List<string>> ReadToEndAsync(TestClient client)
    {
        var got = new List<string>();
        var open = 2;
        while (open > 0)
        {
            var next = await client.NextAsync();
            got.Add(next);
            if (next.EndsWith(" end", StringComparison.Ordinal))
                open--;
            if (next == "cut" || next.StartsWith("close", StringComparison.Ordinal))
                break;
        }

        return got;
    }

    private static void Check(List<string> got, int left)
    {
        Assert.DoesNotContain(got, text => text is "two writers" or "message in message" or "cut");
        var isClosed = got[^1] == "close 1013 too slow";
        CheckRow(got, "text all ", isClosed, gaps: 0);
        CheckRow(got, "text relay ", isClosed, gaps: 0);
        // It may have joined late, and left in between.
        CheckRow(got, "text x ", isClosed: true, gaps: left + 1);
    }

    private static void CheckRow(List<string> got, string start, bool isClosed, int gaps)
    {
        var last = 0;
        foreach (var text in got.Where(text => text.StartsWith(start, StringComparison.Ordinal) && !text.EndsWith(" end", StringComparison.Ordinal)))
        {
            var number = int.Parse(text[start.Length..], CultureInfo.InvariantCulture);
            if (number != last + 1)
                gaps--;
            Assert.True(number > last && gaps >= 0, $"{start}{last} is followed by {number}");
            last = number;
        }

        Assert.True(isClosed || last == Items, $"{start}{last} is the last one, and the connection goes on");
    }
}
