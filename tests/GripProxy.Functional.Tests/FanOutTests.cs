using System.Globalization;
using GripProxy.Functional.Tests.Fixture;

namespace GripProxy.Functional.Tests;

public sealed class FanOutTests(ProxyWithOrigin world) : IClassFixture<ProxyWithOrigin>
{
    private const int Clients = 200;
    private const int Messages = 50;

    [Fact]
    public async Task Publish_To200Streams_ReachesEachOnceAndInOrder()
    {
        world.Origin.OnHold("/crowd", "stream", "crowd", "open\n");
        RawHttp[] clients = await HoldAsync("/crowd", "crowd");
        await Task.WhenAll(clients.Select(client => client.ReadHeadAsync()));

        for (int number = 1; number <= Messages; number++)
        {
            await world.Proxy.Control.PublishStreamAsync("crowd", $"{number}\n");
        }

        string expected = "open\n" + string.Concat(Enumerable.Range(1, Messages).Select(number => number.ToString(CultureInfo.InvariantCulture) + "\n"));
        string[] received = await Task.WhenAll(clients.Select(client => client.ReadStreamAsync($"\n{Messages}\n")));
        Assert.All(received, text => Assert.Equal(expected, text));
        await LeaveAsync(clients);
    }

    [Fact]
    public async Task Publish_OfManyPublishersAtOnce_IsSeenInOneOrderByEveryStream()
    {
        world.Origin.OnHold("/mixed", "stream", "mixed", "open\n");
        RawHttp[] clients = await HoldAsync("/mixed", "mixed");
        await Task.WhenAll(clients.Select(client => client.ReadHeadAsync()));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async publisher =>
        {
            for (int number = 0; number < Messages; number++)
            {
                await world.Proxy.Control.PublishStreamAsync("mixed", $"{publisher}-{number}\n");
            }
        }));
        await world.Proxy.Control.PublishStreamAsync("mixed", "last\n");

        string[] received = await Task.WhenAll(clients.Select(client => client.ReadStreamAsync("last\n")));
        Assert.Equal(2 + (4 * Messages), received[0].Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).Count());
        Assert.All(received, text => Assert.Equal(received[0], text));
        await LeaveAsync(clients);
    }

    [Fact]
    public async Task Publish_To200LongPolls_AnswersEachOnce()
    {
        world.Origin.OnHold("/polls", "response", "polls", "");
        RawHttp[] clients = await HoldAsync("/polls", "polls");

        await world.Proxy.Control.PublishResponseAsync("polls", "to all");

        RawResponse[] answers = await Task.WhenAll(clients.Select(client => client.ReadResponseAsync()));
        Assert.All(answers, answer => Assert.Equal("to all", answer.Body));
        await LeaveAsync(clients);
    }

    private static async Task LeaveAsync(RawHttp[] clients)
    {
        foreach (RawHttp client in clients)
        {
            await client.DisposeAsync();
        }
    }

    private async Task<RawHttp[]> HoldAsync(string path, string channel)
    {
        RawHttp[] clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            RawHttp client = await world.Proxy.ConnectAsync();
            await client.SendAsync(RawHttp.Get(path));
            return client;
        }));
        await world.Proxy.SubscribedAsync(channel, Clients);
        return clients;
    }
}
