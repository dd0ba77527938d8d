using GripProxy.GameDay.Plans;
using GripProxy.GameDay.Stubs;

namespace GripProxy.GameDay.Tests.Stubs;

public sealed class StubCustomersTests
{
    [Theory]
    [InlineData(0.22)]
    [InlineData(0.035)]
    [InlineData(1)]
    [InlineData(0)]
    [InlineData(0.9)]
    public void PLG53_EvenChance_OverManyItems_IsTheProbability(double probability)
    {
        var chance = new EvenChance(probability);

        var yes = Enumerable.Range(0, 5000).Count(_ => chance.Ask());

        Assert.InRange(yes, Math.Floor(5000 * probability) - 1, Math.Ceiling(5000 * probability) + 1);
    }

    [Fact]
    public void PLG53_EvenChance_IsNotAlwaysTheSameItem()
    {
        var chance = new EvenChance(0.25);

        var places = Enumerable.Range(0, 400).Where(_ => chance.Ask()).Select(static at => at % 4).Distinct();

        Assert.Equal(4, places.Count());
    }

    [Fact]
    public async Task PLG53_Customers_OpenAndClickWhatTheyGetAndTheTargetHasTheirEvents()
    {
        await using var target = await FakeTarget.StartAsync();
        await using var run = await new GameDayLauncher(static _ => null, TimeProvider.System).MakeAsync(
            PlanReader.Read(
                target.Plan("""{"steps": [2], "hold_s": 3, "clients": {}, "stubs": [{"name": "all", "listen": "events.gd1", "open": 1, "click": 0.5, "open_delay_s": [0, 0.2], "click_delay_s": [0, 0.2]}, {"name": "none", "transport": "ws", "listen": "events.gd2"}]}"""),
                static _ => null, "."),
            allowsProduction: false,
            CancellationToken.None);

        await run.RunAsync(CancellationToken.None);

        var tally = run.Results[0].Scenarios[0].Tally;
        // Both get a quarter of the events each; one of them answers.
        Assert.InRange(tally.StubItems, (tally.Accepted / 2) - 2, (tally.Accepted / 2) + 2);
        Assert.InRange(tally.StubOpens, (tally.StubItems / 2) - 4, (tally.StubItems / 2) + 2);
        Assert.InRange(tally.StubClicks, (tally.StubOpens / 2) - 4, (tally.StubOpens / 2) + 4);
        Assert.Equal(tally.StubOpens, target.Stubs.Count(static one => one["event"]!.ToString() == "opened"));
        Assert.All(target.Stubs, static one => Assert.StartsWith("user-", one["distinct_id"]!.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task PLG53_Webhook_TakesItemsAndFailsAtItsRate()
    {
        await using var target = await FakeTarget.StartAsync();
        var items = 0;
        var opened = new SemaphoreSlim(0);
        using var http = new HttpClient();
        var address = FreePort();
        await using var stub = new StubCustomers(
            new StubPlan { Name = "hook", Webhook = address, Open = 1, OpenDelay = (0, 0), FailStatus = 503, FailRate = 0.5, UserPath = "to.user" },
            new TargetPlan { Ingest = new Uri(target.Url), Key = "key-of-t" }, [],
            new StubCounts(() => Interlocked.Increment(ref items), () => opened.Release(), static () => { }, static what => Assert.Fail(what)), TimeProvider.System);
        await stub.StartAsync(CancellationToken.None);

        var statuses = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            using var answer = await http.PostAsync(new Uri($"http://{address}/hook"), new StringContent("{\"to\":\n{\"user\": \"ann\"}}"));
            statuses.Add((int)answer.StatusCode);
        }

        Assert.Equal(10, items);
        Assert.Equal(10, statuses.Count(static status => status == 503));
        for (var i = 0; i < 10; i++)
            Assert.True(await opened.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.All(target.Stubs, static one => Assert.Equal("ann", one["distinct_id"]!.ToString()));
    }

    private static string FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return listener.LocalEndpoint.ToString()!;
    }
}
